import { type Publish, publishedText } from '../../model/ports/publish.ts';
import { type ComposeProject, type ComposePublish, publishesOf } from '../project.ts';
import type { Move } from './moves.ts';

/** The ports of each service as sorted text, by service name: compares two loads of a project. */
export type PortTexts = ReadonlyMap<string, readonly string[]>;

/** Returns the ports of a project after the given moves. */
export function portTexts(project: ComposeProject, moves: readonly Move[] = []): PortTexts {
  const moved = new Map(moves.map((move) => [move.publish, applyMove(move)]));
  return new Map(
    project.services.map((service) => [
      service.name,
      sortedPortTexts(publishesOf(service).map((publish) => moved.get(publish) ?? publish)),
    ]),
  );
}

/** Returns the publish on its new ports. */
export function applyMove({ publish, ports, bindAddress }: Move): ComposePublish {
  const { hostIp, address } = bindAddress ?? publish;
  return { ...publish, hostIp, address, hostPorts: ports };
}

/** Returns publishes as sorted text. */
export function sortedPortTexts(publishes: readonly Publish[]): readonly string[] {
  return publishes.map(textOf).sort();
}

function textOf(publish: Publish): string {
  const { hostIp, target, protocol, mode } = publish;
  return `${hostIp}:${publishedText(publish)}:${target}/${protocol} ${mode}`;
}

/** Returns the names of the services whose ports differ. */
export function differingServices(expected: PortTexts, actual: PortTexts): readonly string[] {
  const names = new Set([...expected.keys(), ...actual.keys()]);
  return [...names].filter((name) => expected.get(name)?.join() !== actual.get(name)?.join());
}

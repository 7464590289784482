import { attempt, PortplanError } from '../../errors.ts';
import type { ContainerHolder } from '../../model/host/binding.ts';
import { parsePublish } from '../../model/ports/parse-publish.ts';
import type { Publish } from '../../model/ports/publish.ts';
import type { PortMap } from '../client/api-types.ts';
import type { Engine } from '../open-engine.ts';
import { holderOf, publishesPorts, readContainer } from './inspect.ts';

/** How the last start of a container went. */
export interface LastStart {
  readonly holder: ContainerHolder;
  readonly exitCode?: number | undefined;
  /** The engine's words, when it failed; podman keeps none. */
  readonly error?: string | undefined;
  /** What it was created to publish, also pools. */
  readonly publishes: readonly Publish[];
}

/** Asks for a container by id or name; nothing when there is none. @throws PortplanError */
export async function readLastStart(
  engine: Pick<Engine, 'client'>,
  name: string,
): Promise<LastStart | undefined> {
  const container = await readContainer(engine, name);
  if (container === undefined) return undefined;
  const { State, HostConfig } = container;
  return {
    holder: holderOf(container),
    exitCode: State?.ExitCode,
    error: State?.Error || undefined,
    publishes: publishesPorts(HostConfig?.NetworkMode)
      ? toPublishes(HostConfig?.PortBindings ?? {})
      : [],
  };
}

function toPublishes(ports: PortMap): readonly Publish[] {
  return Object.entries(ports).flatMap(([key, bindings]) =>
    (bindings ?? []).flatMap(({ HostIp = '', HostPort = '' }) => {
      const address = HostIp.includes(':') ? `[${HostIp}]` : HostIp;
      return parsePublishOrEmpty(`${address}:${HostPort}:${key}`);
    }),
  );
}

/** The engine may have taken what no publish can say. */
function parsePublishOrEmpty(text: string): readonly Publish[] {
  const publishes = attempt(() => parsePublish(text));
  return publishes instanceof PortplanError ? [] : publishes;
}

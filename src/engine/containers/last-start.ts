import { attempt, PortplanError } from '../../errors.ts';
import type { ContainerHolder } from '../../model/host/binding.ts';
import { parsePublish } from '../../model/ports/parse-publish.ts';
import type { Publish } from '../../model/ports/publish.ts';
import type { PortMap } from '../client/api-types.ts';
import type { Engine } from '../open-engine.ts';
import { holderOf, publishesPorts, readContainer } from './inspect.ts';

/** The result of a container's last start. */
export interface LastStart {
  readonly holder: ContainerHolder;
  readonly exitCode?: number | undefined;
  /** The engine's error message, when it failed; Podman stores none. */
  readonly error?: string | undefined;
  /** The publishes of its configuration, including pools. */
  readonly publishes: readonly Publish[];
}

/** Returns the last start of a container by ID or name; `undefined` when it does not exist. @throws PortplanError */
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

/** The engine may have accepted a value that is not a valid publish. */
function parsePublishOrEmpty(text: string): readonly Publish[] {
  const publishes = attempt(() => parsePublish(text));
  return publishes instanceof PortplanError ? [] : publishes;
}

import type { LocalImage } from '../../engine/images/images.ts';
import type { Publish } from '../../model/ports/publish.ts';
import type { ContainerSpec } from '../../runner/docker-flags/create-request.ts';
import type { RunRequest } from '../../runner/docker-flags/run-arguments.ts';
import { toPublish } from '../../workflows/inputs/targets.ts';

/** Publishes of a run, and notes about ports that are not published. */
export interface RunPublishes {
  readonly publishes: readonly Publish[];
  readonly notes: readonly string[];
}

/** Returns the publishes of `-p`, plus all other exposed ports with `-P` or when there is no `-p`. */
export function publishesForRun(
  request: RunRequest,
  image: LocalImage,
  spec: ContainerSpec,
  hostIp: string | undefined,
): RunPublishes {
  const mode = spec.body.HostConfig.NetworkMode;
  const exposed = uniquePorts([...image.exposed, ...request.exposed]);
  if (mode === 'host' || mode === 'none')
    return {
      publishes: [],
      notes: unpublishedNotes(
        mode,
        request,
        exposed.map(({ target }) => target),
      ),
    };
  if (mode.startsWith('container:')) return { publishes: request.publishes, notes: [] };
  const named = new Set(request.publishes.map(({ target, protocol }) => `${target}/${protocol}`));
  const others = exposed.filter(({ target, protocol }) => !named.has(`${target}/${protocol}`));
  // -P binds every address, as in docker; ports that portplan adds by itself stay on loopback.
  const added = others.map((port) =>
    toPublish(port, request.image, hostIp ?? (request.publishAll ? '' : undefined)),
  );
  const publishes =
    request.publishAll || request.publishes.length === 0
      ? [...request.publishes, ...added]
      : request.publishes;
  const notes =
    publishes.length === 0
      ? [
          `${request.image} exposes no ports, so none are published; publish one with -p HOST:CONTAINER`,
        ]
      : [];
  return { publishes, notes };
}

function uniquePorts<T extends { readonly target: number; readonly protocol: string }>(
  ports: readonly T[],
): readonly T[] {
  return [...new Map(ports.map((port) => [`${port.target}/${port.protocol}`, port])).values()];
}

function unpublishedNotes(
  mode: string,
  request: RunRequest,
  exposed: readonly number[],
): readonly string[] {
  const dropped =
    request.publishes.length > 0 || request.publishAll
      ? [`with --network ${mode} the engine publishes no ports: -p and -P do nothing`]
      : [];
  if (mode !== 'host' || exposed.length === 0) return dropped;
  return [
    ...dropped,
    `the container uses the host network; the image exposes port ${exposed.join(', ')}`,
  ];
}

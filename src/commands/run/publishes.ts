import type { LocalImage } from '../../engine/images/images.ts';
import type { Publish } from '../../model/ports/publish.ts';
import type { ContainerSpec } from '../../runner/docker-flags/create-request.ts';
import type { RunRequest } from '../../runner/docker-flags/run-arguments.ts';
import { toPublish } from '../../workflows/inputs/targets.ts';

/** What a run wants published. */
export interface RunPublishes {
  readonly publishes: readonly Publish[];
  readonly notes: readonly string[];
}

/** The publishes of `-p`, and with `-P` every other exposed port; without either what the image exposes. */
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
  // -P is docker's own wish for every address; what portplan adds by itself stays on this host.
  const all = others.map((port) =>
    toPublish(port, request.image, hostIp ?? (request.publishAll ? '' : undefined)),
  );
  const publishes =
    request.publishAll || request.publishes.length === 0
      ? [...request.publishes, ...all]
      : request.publishes;
  const notes =
    publishes.length === 0
      ? [`${request.image} exposes no ports, so none is published; -p HOST:CONTAINER publishes one`]
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
    `the program uses the network of the host itself, there on port ${exposed.join(', ')}`,
  ];
}

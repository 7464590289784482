/** The unit and the container of a process, from its control group. */
export interface Cgroup {
  /** The nearest systemd unit, or the path without one; `undefined` for the root group. */
  readonly unit?: string | undefined;
  /** The container that the process runs in, by its full id. */
  readonly containerId?: string | undefined;
}

/**
 * Returns the unit and the container of a process from the text of /proc/<pid>/cgroup, for version 1, 2 and both at once
 * (cgroups(7)). Of nested containers it returns the outermost, which an engine of this host lists.
 */
export function parseCgroup(text: string): Cgroup {
  const paths = text.split('\n').flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    return path === undefined || path === '/' ? [] : [{ controllers, path }];
  });
  const main =
    paths.find(({ controllers }) => controllers === '') ??
    paths.find(({ controllers }) => controllers === 'name=systemd') ??
    paths[0];
  return {
    unit: main && (nearestUnit(main.path) ?? main.path),
    containerId: paths.map(({ path }) => containerIn(path)).find((id) => id !== undefined),
  };
}

function nearestUnit(path: string): string | undefined {
  return path.split('/').findLast((part) => /\.(service|scope|socket)$/.test(part));
}

/**
 * How engines name the group of a container: `docker-<id>.scope`, `libpod-<id>.scope`, `cri-containerd-<id>.scope`,
 * `crio-<id>.scope` with the systemd driver, the bare id with cgroupfs. `libpod-conmon-<id>` is not inside the container.
 */
const containerGroup =
  /^(?:(?:docker|libpod|cri-containerd|crio|nerdctl|buildkit)-)?([0-9a-f]{64})(?:\.scope)?$/;

function containerIn(path: string): string | undefined {
  return path
    .split('/')
    .map((part) => containerGroup.exec(part)?.[1])
    .find((id) => id !== undefined);
}

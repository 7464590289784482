/** The default socket of an engine. */
export interface WellKnownSocket {
  /** The engine's name for messages: `rootless Docker`. */
  readonly engine: string;
  /** May contain `$NAME`, an environment variable; the entry is skipped if it is not set. */
  readonly path: string;
}

/** Without docker's own socket, which is always the first candidate. */
const linux: readonly WellKnownSocket[] = [
  { engine: 'rootless Docker', path: '$XDG_RUNTIME_DIR/docker.sock' },
  { engine: 'rootless Docker', path: '/run/user/$UID/docker.sock' },
  { engine: 'Docker Desktop', path: '$HOME/.docker/desktop/docker.sock' },
  { engine: 'Rancher Desktop', path: '$HOME/.rd/docker.sock' },
  { engine: 'Colima', path: '$COLIMA_HOME/default/docker.sock' },
  { engine: 'Colima', path: '$HOME/.colima/default/docker.sock' },
  { engine: 'Colima', path: '$XDG_CONFIG_HOME/colima/default/docker.sock' },
  { engine: 'Lima', path: '$HOME/.lima/docker/sock/docker.sock' },
  { engine: 'rootless Podman', path: '$XDG_RUNTIME_DIR/podman/podman.sock' },
  { engine: 'rootless Podman', path: '/run/user/$UID/podman/podman.sock' },
  { engine: 'Podman', path: '/run/podman/podman.sock' },
];

const darwin: readonly WellKnownSocket[] = [
  { engine: 'Docker Desktop', path: '$HOME/.docker/run/docker.sock' },
  { engine: 'OrbStack', path: '$HOME/.orbstack/run/docker.sock' },
  { engine: 'Colima', path: '$COLIMA_HOME/default/docker.sock' },
  { engine: 'Colima', path: '$HOME/.colima/default/docker.sock' },
  { engine: 'Colima', path: '$XDG_CONFIG_HOME/colima/default/docker.sock' },
  { engine: 'Rancher Desktop', path: '$HOME/.rd/docker.sock' },
  { engine: 'Lima', path: '$HOME/.lima/docker/sock/docker.sock' },
  { engine: 'Podman machine', path: '$TMPDIR/podman/podman-machine-default-api.sock' },
  { engine: 'Podman machine', path: '$HOME/.local/share/containers/podman/machine/podman.sock' },
];

const windows: readonly WellKnownSocket[] = [
  { engine: 'Docker Desktop', path: '//./pipe/dockerDesktopLinuxEngine' },
  { engine: 'Podman machine', path: '//./pipe/podman-machine-default' },
];

const byPlatform: Readonly<Record<string, readonly WellKnownSocket[]>> = {
  linux,
  darwin,
  win32: windows,
  freebsd: [{ engine: 'Podman', path: '/var/run/podman/podman.sock' }],
};

interface SocketContext {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** The user ID; absent on Windows. */
  readonly uid?: number | undefined;
}

/** Returns the well-known sockets of a platform in the order in which they are tried, without duplicates. */
export function wellKnownSockets({
  platform,
  env,
  home,
  uid,
}: SocketContext): readonly WellKnownSocket[] {
  const variables = { ...env, HOME: home, UID: uid === undefined ? undefined : `${uid}` };
  const sockets = (byPlatform[platform] ?? []).flatMap(({ engine, path }) => {
    const full = expand(path, variables);
    return full === undefined ? [] : [{ engine, path: full }];
  });
  return [
    ...new Map(sockets.toReversed().map((socket) => [socket.path, socket])).values(),
  ].reverse();
}

function expand(path: string, variables: SocketContext['env']): string | undefined {
  const names = [...path.matchAll(/\$([A-Z_]+)/g)].map(([, name = '']) => name);
  if (names.some((name) => (variables[name] ?? '') === '')) return undefined;
  return path.replaceAll(/\$([A-Z_]+)/g, (_, name: string) =>
    (variables[name] ?? '').replace(/\/$/, ''),
  );
}

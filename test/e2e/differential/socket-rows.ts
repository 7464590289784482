import type { Engine } from '../../rig/engines.ts';

const tables = ['tcp', 'tcp6', 'udp', 'udp6'].map((name) => `/proc/net/${name}`);
/** A TCP socket that listens, or any UDP socket: the state is 0A or 07, and nobody is at the other end. */
const row = /^ *\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:0000 0[A7] /gm;

/** The ports of the sockets in the engine's network that listen, one for each socket. */
export async function readSocketPorts(engine: Engine): Promise<readonly number[]> {
  const { stdout } = await engine.inNetwork('cat', tables);
  return [...stdout.matchAll(row)].map(([, port = '']) => Number.parseInt(port, 16));
}

import type { Engine } from '../../rig/engines.ts';

const tables = ['tcp', 'tcp6', 'udp', 'udp6'].map((name) => `/proc/net/${name}`);
/** A TCP listener or any UDP socket: state 0A or 07, without a remote address. */
const row = /^ *\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:0000 0[A7] /gm;

/** Returns the ports of the listeners in the engine's network, one for each socket. */
export async function readSocketPorts(engine: Engine): Promise<readonly number[]> {
  const { stdout } = await engine.inNetwork('cat', tables);
  return [...stdout.matchAll(row)].map(([, port = '']) => Number.parseInt(port, 16));
}

import { spawn } from 'node:child_process';
import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';
import { shellQuote } from '../../model/text/safe-text.ts';
import type { SshAddress } from './address.ts';
import { toSshConnection } from './ssh-connection.ts';

interface SshOptions {
  /** The environment of ssh. Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** How long ssh waits for the host. Default: 30. */
  readonly connectTimeoutSeconds?: number;
}

/**
 * Returns an HTTP agent that connects through ssh to the engine's host, for dockerode: `new Docker({ agent, protocol:
 * 'http', host: 'engine' })`. It reuses connections, because each one costs a login; `destroy()` closes them.
 */
export function sshAgent(address: SshAddress, options: SshOptions = {}): Agent {
  // An attached run needs three connections at a time; sshd rejects more than about ten concurrent logins.
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  return Object.assign(agent, { createConnection: () => dialStdio(address, options) });
}

/**
 * Opens a connection to the engine through ssh: the streams of `ssh … docker system dial-stdio`, run with the user's ssh
 * and its configuration (docker/cli: cli/connhelper). It ends when the remote command ends; destroying it kills ssh. If
 * ssh fails, it emits a PortplanError with ssh's message: `engine-denied` for a rejected login, else `engine-absent`.
 */
export function dialStdio(address: SshAddress, options: SshOptions = {}): Duplex {
  const child = spawn('ssh', [...sshArguments(address, options)], {
    env: options.env ?? process.env,
    stdio: 'pipe',
    windowsHide: true,
    // A separate session, so that Ctrl-C reaches the container and not the connection to it.
    detached: process.platform !== 'win32',
  });
  return toSshConnection(child, address);
}

/** Returns the arguments of `ssh`. */
export function sshArguments(
  { user, host, port, socketPath }: SshAddress,
  { connectTimeoutSeconds = 30 }: SshOptions = {},
): readonly string[] {
  // The remote shell parses the command, so a path from a URL is quoted.
  const docker =
    socketPath === undefined ? ['docker'] : ['docker', shellQuote(`--host=unix://${socketPath}`)];
  return [
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', `${port}`]),
    ...['-o', `ConnectTimeout=${Math.max(1, Math.ceil(connectTimeoutSeconds))}`],
    '-T',
    // Keeps a host that begins with "-" from being read as an option.
    '--',
    host,
    ...docker,
    'system',
    'dial-stdio',
  ];
}

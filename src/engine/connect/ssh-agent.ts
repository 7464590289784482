import { spawn } from 'node:child_process';
import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';
import { shellQuote } from '../../model/text/safe-text.ts';
import type { SshAddress } from './address.ts';
import { toSshConnection } from './ssh-connection.ts';

interface SshOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** How long ssh itself waits for the host. */
  readonly connectTimeoutSeconds?: number;
}

/**
 * An HTTP agent whose connections go through ssh to the engine's host, for dockerode: `new Docker({ agent, protocol:
 * 'http', host: 'engine' })`. Connections are kept for the next request, as each costs a login; `destroy()` ends them.
 */
export function sshAgent(address: SshAddress, options: SshOptions = {}): Agent {
  // An attached run needs three at a time; a host's sshd refuses more than some ten logins at once.
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  return Object.assign(agent, { createConnection: () => dialStdio(address, options) });
}

/**
 * A connection to the engine behind ssh: the streams of `ssh … docker system dial-stdio`, run by the user's own ssh
 * with the user's own configuration (docker/cli: cli/connhelper). It ends when the remote command ends, and ssh is
 * killed when it is destroyed. When ssh fails, it emits a PortplanError `engine-absent` with what ssh said.
 */
export function dialStdio(address: SshAddress, options: SshOptions = {}): Duplex {
  const child = spawn('ssh', [...sshArguments(address, options)], {
    env: options.env ?? process.env,
    stdio: 'pipe',
    windowsHide: true,
    // Its own session: Ctrl-C is for the container then, and not for the connection to it.
    detached: process.platform !== 'win32',
  });
  return toSshConnection(child, address);
}

/** The words after `ssh`. */
export function sshArguments(
  { user, host, port, socketPath }: SshAddress,
  { connectTimeoutSeconds = 30 }: SshOptions = {},
): readonly string[] {
  // The host's shell reads the remote command, so a path that came from a URL is quoted for it.
  const docker =
    socketPath === undefined ? ['docker'] : ['docker', shellQuote(`--host=unix://${socketPath}`)];
  return [
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', `${port}`]),
    ...['-o', `ConnectTimeout=${Math.max(1, Math.ceil(connectTimeoutSeconds))}`],
    '-T',
    // A host that begins with "-" is no option.
    '--',
    host,
    ...docker,
    'system',
    'dial-stdio',
  ];
}

import { describe, expect, test } from '@jest/globals';
import { programFaultCode, readStartFault } from '../../src/engine/port-errors.ts';

const endpoint = 'a'.repeat(64);
const moby = (cause: string): string =>
  `driver failed programming external connectivity on endpoint web (${endpoint}): ${cause}`;

// Recorded from 20.10.24, 28.5.2 and podman 4.3.1; the others from the sources and issues of their projects.
describe('readStartFault', () => {
  test.each([
    [
      'moby, its own table',
      moby('Bind for 0.0.0.0:8080 failed: port is already allocated'),
      { kind: 'taken', port: 8080 },
    ],
    [
      'moby, its own table, IPv6',
      moby('Bind for :::8080 failed: port is already allocated'),
      { kind: 'taken', port: 8080 },
    ],
    [
      'moby 20.10 to 26, the host',
      moby('Error starting userland proxy: listen tcp4 0.0.0.0:9000: bind: address already in use'),
      { kind: 'taken', port: 9000 },
    ],
    [
      'moby without proxy, IPv6',
      moby('listen tcp6 [::]:9000: bind: address already in use'),
      { kind: 'taken', port: 9000 },
    ],
    [
      'moby 27',
      moby(
        'failed to bind port 0.0.0.0:9000/tcp: Error starting userland proxy: listen tcp4 0.0.0.0:9000: bind: address already in use',
      ),
      { kind: 'taken', port: 9000 },
    ],
    [
      'moby 28',
      moby('failed to bind host port for 0.0.0.0:9000:172.17.0.2:80/tcp: address already in use'),
      { kind: 'taken', port: 9000 },
    ],
    [
      'moby 28, a pool: the port that was tried',
      moby(
        'failed to bind host port 8003 for 0.0.0.0:8000-8010:172.17.0.2:80/tcp: address already in use',
      ),
      { kind: 'taken', port: 8003 },
    ],
    [
      'moby 28, without a port',
      moby('failed to listen on TCP socket: address already in use'),
      { kind: 'taken', port: undefined },
    ],
    [
      'moby 29',
      moby('failed to bind host port 0.0.0.0:9000/tcp: address already in use'),
      { kind: 'taken', port: 9000 },
    ],
    [
      'Docker Desktop',
      'Ports are not available: exposing port TCP 0.0.0.0:80 -> 127.0.0.1:0: listen tcp 0.0.0.0:80: bind: address already in use',
      { kind: 'taken', port: 80 },
    ],
    [
      'Docker Desktop on Windows',
      'ports are not available: exposing port TCP 0.0.0.0:3000 -> 0.0.0.0:0: listen tcp 0.0.0.0:3000: bind: Only one usage of each socket address (protocol/network address/port) is normally permitted.',
      { kind: 'taken', port: 3000 },
    ],
    [
      'podman 4, any address',
      'cannot listen on the TCP port: listen tcp4 :8080: bind: address already in use',
      { kind: 'taken', port: 8080 },
    ],
    [
      'podman 6',
      'cannot bind tcp port 127.0.0.1:8080: address already in use',
      { kind: 'taken', port: 8080 },
    ],
    [
      'rootless podman',
      'rootlessport listen tcp 0.0.0.0:8080: bind: address already in use',
      { kind: 'taken', port: 8080 },
    ],
    [
      'pasta',
      "pasta failed with exit code 1:\nFailed to bind port 8080 (Address already in use) for option '-t 8080-8080:80-80'",
      { kind: 'taken', port: 8080 },
    ],
    ['a pool without a free port', moby('all ports are allocated'), { kind: 'pool-exhausted' }],
    [
      'an address of another host',
      moby(
        'Error starting userland proxy: listen tcp4 192.0.2.1:80: bind: cannot assign requested address',
      ),
      { kind: 'not-local' },
    ],
    [
      'rootless, below 1024',
      moby(
        "error while calling RootlessKit PortManager.AddPort(): cannot expose privileged port 80, you can add 'net.ipv4.ip_unprivileged_port_start=80' to /etc/sysctl.conf (currently 1024), or set CAP_NET_BIND_SERVICE on rootlesskit binary: listen tcp4 0.0.0.0:80: bind: permission denied",
      ),
      { kind: 'privileged' },
    ],
    ['anything else', 'no space left on device', { kind: 'other' }],
  ])('%s', (_name, message, fault) => {
    expect(readStartFault(message)).toEqual(fault);
  });
});

describe('programFaultCode', () => {
  test.each([
    ['no such program', 'exec: "x": executable file not found in $PATH: unknown', 127],
    ['no such file', 'exec: "/x": stat /x: no such file or directory: unknown', 127],
    ['a folder', 'exec: "/tmp": permission denied: unknown', 126],
    ['a folder, newer runc', 'exec: "/tmp": is a directory: unknown', 126],
    ['a port below 1024', 'listen tcp4 0.0.0.0:80: bind: permission denied', undefined],
    ['a taken port', 'Bind for 0.0.0.0:80 failed: port is already allocated', undefined],
  ])('%s', (_name, message, code) => {
    expect(programFaultCode(message)).toBe(code);
  });
});

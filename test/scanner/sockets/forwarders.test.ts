import { describe, expect, test } from '@jest/globals';
import { identifyForwarder } from '../../../src/scanner/sockets/forwarders.ts';

const id = '6b'.repeat(32);

describe('a forwarder is identified', () => {
  test.each([
    [
      'docker-proxy',
      'docker-proxy -proto tcp',
      { program: 'docker-proxy', engine: 'docker', onlyContainers: true },
    ],
    [
      'conmon',
      '/usr/bin/conmon --api-version 1',
      { program: 'conmon', engine: 'podman', onlyContainers: true },
    ],
    ['rootlessport', 'rootlessport', { program: 'rootlessport', onlyContainers: true }],
    ['containers-rootlessport', 'containers-rootlessport', { program: 'rootlessport' }],
    [
      'rootlesskit',
      '/usr/bin/rootlesskit --net=slirp4netns',
      { program: 'rootlesskit', onlyContainers: true },
    ],
    ['slirp4netns', 'slirp4netns -c -r 3', { program: 'slirp4netns', onlyContainers: true }],
    ['passt.avx2', '/usr/bin/pasta --config-net', { program: 'pasta' }],
    [
      'pasta.avx2',
      '/usr/bin/pasta --config-net -t 8080',
      { program: 'pasta', onlyContainers: true },
    ],
    ['dockerd', '/usr/bin/dockerd -H fd://', { program: 'dockerd', onlyContainers: false }],
    [
      'com.docker.backend',
      'com.docker.backend run',
      { program: 'Docker Desktop', onlyContainers: false },
    ],
    ['com.docker.backe', '', { program: 'Docker Desktop' }],
    ['com.docke', '', { program: 'Docker Desktop' }],
    ['com.docker.backend.exe', '', { program: 'Docker Desktop' }],
    [
      'gvproxy',
      '/opt/podman/bin/gvproxy -listen-qemu',
      { program: 'gvproxy', engine: 'podman machine' },
    ],
    [
      'limactl',
      'limactl hostagent --pidfile /Users/u/.lima/default/ha.pid',
      { program: 'limactl', engine: 'Lima' },
    ],
    [
      'limactl',
      'limactl hostagent --pidfile /Users/u/.colima/_lima/colima/ha.pid',
      { engine: 'Colima' },
    ],
    [
      'limactl',
      'limactl hostagent --pidfile /Users/u/Library/Application Support/rancher-desktop/lima/0/ha.pid',
      { engine: 'Rancher Desktop' },
    ],
    ['ssh', 'ssh: /Users/u/.colima/_lima/colima/ssh.sock [mux]', { engine: 'Colima' }],
    ['ssh', 'ssh: /Users/u/.lima/default/ssh.sock [mux]', { engine: 'Lima' }],
    ['OrbStack Helper', 'OrbStack Helper vmgr', { program: 'OrbStack', engine: 'OrbStack' }],
    ['wslrelay.exe', '', { program: 'wslrelay', engine: 'WSL' }],
  ])('%s: %s', (name, command, expected) => {
    expect(identifyForwarder(name, command.split(' '))).toMatchObject(expected);
  });

  test.each([
    ['ssh', 'ssh -L 8080:localhost:80 host'],
    ['sshd', 'sshd: /usr/sbin/sshd -D'],
    ['passt.avx2', '/usr/bin/passt --socket /tmp/vm.sock -t 2222:22'],
    ['docker', 'docker run -p 8080:80 nginx'],
    ['node', 'node /home/u/docker-proxy'],
    ['my-docker-proxy', 'my-docker-proxy'],
    ['', ''],
  ])('%s is no forwarder: %s', (name, command) => {
    expect(identifyForwarder(name, command.split(' '))).toBeUndefined();
  });
});

describe('the publish of docker-proxy is read from its arguments', () => {
  const full = '-proto udp -host-ip :: -host-port 8000 -container-ip 172.17.0.2 -container-port 80';
  const publish = {
    protocol: 'udp',
    hostAddress: '::',
    hostPort: 8000,
    containerAddress: '172.17.0.2',
    containerPort: 80,
  };

  test.each([
    ['20.10', full, publish],
    ['28, with the listening socket', `${full} -use-listen-fd`, publish],
    ['with = and two dashes', full.replaceAll(/-(\S+) (\S+)/g, '--$1=$2'), publish],
    ['without the host port', full.replace(/-host-port \d+/, ''), undefined],
    ['with a port that is none', full.replace('8000', '99999'), undefined],
    ['with an address that is none', full.replace('172.17.0.2', 'web'), undefined],
    ['with another protocol', full.replace('udp', 'quic'), undefined],
    ['without anything', '', undefined],
  ])('%s', (_, args, expected) => {
    const argv = ['/usr/bin/docker-proxy', ...args.split(' ')];
    expect(identifyForwarder('docker-proxy', argv)?.publish).toEqual(expected);
  });
});

describe('the container of conmon is read from its arguments', () => {
  test.each([
    ['-c', ['--api-version', '1', '-c', id, '-u', id, '-r', '/usr/bin/crun'], id],
    ['--cid', ['--cid', id], id],
    ['--cid=', [`--cid=${id}`], id],
    ['a short id is not one', ['-c', '6b6b'], undefined],
    ['nothing after it', ['-c'], undefined],
  ])('%s', (_, args, expected) => {
    expect(identifyForwarder('conmon', ['/usr/bin/conmon', ...args])?.containerId).toBe(expected);
  });
});

import { expect, test } from '@jest/globals';
import { parseCgroup } from '../../../../src/scanner/sockets/linux/cgroup.ts';

const id = '6b'.repeat(32);
const other = 'c4'.repeat(32);

test.each([
  ['a service', '0::/system.slice/nginx.service\n', 'nginx.service', undefined],
  [
    'a service of a user',
    '0::/user.slice/user-1000.slice/user@1000.service/app.slice/vite.service\n',
    'vite.service',
    undefined,
  ],
  ['a session', '0::/user.slice/user-1000.slice/session-3.scope\n', 'session-3.scope', undefined],
  [
    'a group below a service',
    '0::/system.slice/nginx.service/workers\n',
    'nginx.service',
    undefined,
  ],
  ['no unit', '0::/jobs/7\n', '/jobs/7', undefined],
  ['the root group', '0::/\n', undefined, undefined],
  [
    'version 1',
    '12:pids:/\n4:memory:/mem\n1:name=systemd:/system.slice/cron.service\n',
    'cron.service',
    undefined,
  ],
  [
    'version 1 and 2',
    '1:name=systemd:/system.slice/cron.service\n0::/\n',
    'cron.service',
    undefined,
  ],
  [
    'version 2 beside other groups of version 1',
    '4:memory:/jobs/7\n0::/system.slice/cron.service\n',
    'cron.service',
    undefined,
  ],
  ['version 1 without systemd', '4:memory:/jobs/7\n1:cpu:/\n', '/jobs/7', undefined],
  ['docker with systemd', `0::/system.slice/docker-${id}.scope\n`, `docker-${id}.scope`, id],
  [
    'docker with cgroupfs',
    `4:memory:/docker/${id}\n1:name=systemd:/docker/${id}\n`,
    `/docker/${id}`,
    id,
  ],
  [
    'rootless docker',
    `0::/user.slice/user-1000.slice/user@1000.service/user.slice/docker-${id}.scope\n`,
    `docker-${id}.scope`,
    id,
  ],
  ['podman', `0::/machine.slice/libpod-${id}.scope/container\n`, `libpod-${id}.scope`, id],
  ['podman with cgroupfs', `0::/libpod_parent/libpod-${id}\n`, `/libpod_parent/libpod-${id}`, id],
  [
    'conmon, which stands beside its container',
    `0::/machine.slice/libpod-conmon-${id}.scope\n`,
    `libpod-conmon-${id}.scope`,
    undefined,
  ],
  [
    'kubernetes',
    `0::/kubepods.slice/kubepods-pod12.slice/cri-containerd-${id}.scope\n`,
    `cri-containerd-${id}.scope`,
    id,
  ],
  ['nested containers', `0::/docker/${id}/docker/${other}\n`, `/docker/${id}/docker/${other}`, id],
  ['an id that is too short', '0::/docker/6b6b6b\n', '/docker/6b6b6b', undefined],
  ['a path with a colon', '0::/system.slice/a:b.service\n', 'a:b.service', undefined],
  ['garbage', 'what\n::\n', undefined, undefined],
  ['nothing', '', undefined, undefined],
])('%s', (_, text, unit, containerId) => {
  expect(parseCgroup(text)).toEqual({ unit, containerId });
});

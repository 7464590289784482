import { expect, test } from '@jest/globals';
import type {
  Binding,
  ContainerHolder,
  Holder,
  ProcessHolder,
} from '../../src/model/host/binding.ts';
import { remedyFor } from '../../src/planner/remedy.ts';
import { held } from './host.ts';

const container: ContainerHolder = { kind: 'container', id: 'c0ffee0123456789', name: 'web-1' };
const process: ProcessHolder = { kind: 'process', pid: 7, name: 'node' };
const commandOf = (holder: Holder, more: Partial<Binding> = {}, engine?: string) => {
  const [binding] = held('8080', holder, more);
  return remedyFor(binding as Binding, engine).command;
};

test.each<[name: string, expected: string | undefined, found: string | undefined]>([
  ['a container', 'docker stop web-1', commandOf(container)],
  [
    'of another context',
    'docker --context x stop web-1',
    commandOf(container, {}, 'docker --context x'),
  ],
  ['a name that is a flag', 'docker stop c0ffee012345', commandOf({ ...container, name: '-f' })],
  [
    'a container without a name',
    undefined,
    commandOf({ kind: 'container', forwarder: 'rootlesskit' }),
  ],
  ['of another engine', undefined, commandOf({ ...container, engine: 'Podman 4.3.1' })],
  [
    'of a compose project',
    'docker compose -p blog stop db',
    commandOf({ ...container, project: 'blog', service: 'db' }),
  ],
  [
    'of a project with an unsafe name',
    'docker stop web-1',
    commandOf({ ...container, project: '$(reboot)', service: 'db' }),
  ],
  [
    'a stopped container',
    'docker update --restart no web-1',
    commandOf(container, { state: 'stopped' }),
  ],
  ['a process', 'kill 7', commandOf(process)],
  ['of a unit', 'systemctl stop nginx.service', commandOf({ ...process, unit: 'nginx.service' })],
  ['of a session', 'kill 7', commandOf({ ...process, unit: 'user@1000.service' })],
  ['of another user', "sudo ss -tanp 'sport = :8080'", commandOf({ kind: 'process' })],
  ['a connection', undefined, commandOf(process, { state: 'connected' })],
  ['a connection that ended', undefined, commandOf({ kind: 'process' }, { state: 'time-wait' })],
  [
    'a service',
    'docker service update --publish-rm 80 web',
    commandOf({ kind: 'service', id: 's', name: 'web', mode: 'ingress', target: 80 }),
  ],
  ['a reserved port', undefined, commandOf({ kind: 'reserved', by: 'Windows' })],
  [
    'an unseen holder',
    "sudo ss -uanp 'sport = :8080'",
    commandOf({ kind: 'unseen' }, { protocol: 'udp' }),
  ],
])('%s', (_name, expected, found) => {
  expect(found).toBe(expected);
});

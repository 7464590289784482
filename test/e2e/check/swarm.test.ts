import { expect, test } from '@jest/globals';
import { describeEngines } from '../../rig/engines.ts';
import { ask } from '../ask.ts';

describeEngines('a swarm service', ['moby-28'], (engine) => {
  test('is found by check, ps and plan', async () => {
    await engine.docker(['pull', 'nginx:1.25']);
    await engine.docker(['swarm', 'init', '--advertise-addr', '127.0.0.1']);
    try {
      await engine.docker([
        ...['service', 'create', '--detach', '--name', 'front', '--replicas', '0'],
        ...['--publish', '8080:80', 'nginx:1.25'],
      ]);
      const check = await ask(engine, ['check', '8080']);
      const ps = await ask(engine, ['ps']);
      const plan = await ask(engine, ['plan', 'nginx:1.25']);
      const service = { kind: 'service', name: 'front', mode: 'ingress' };

      expect(check.answer.conflicts).toMatchObject([
        { holder: service, remedy: { command: 'docker service update --publish-rm 80 front' } },
      ]);
      expect(['port-in-use', 'port-claimed']).toContain(check.answer.conflicts[0]?.code);
      expect(check.code).toBe(check.answer.conflicts[0]?.severity === 'error' ? 1 : 0);
      expect(ps.answer.bindings.filter(({ port }) => port === 8080)).toMatchObject([
        { holder: service },
      ]);
      expect(plan.answer.assignments).toMatchObject([{ port: 8081 }]);
    } finally {
      await engine.docker(['swarm', 'leave', '--force']);
    }
  });
});

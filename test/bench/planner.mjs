/** Times the planner alone: ms for `size` publishes on a host with as many bindings, the best of five runs. */

import { defaultRules } from '../../dist/model/host/engine-traits.js';
import { parsePublish } from '../../dist/model/ports/parse-publish.js';
import { toPort } from '../../dist/model/ports/port.js';
import { findConflicts } from '../../dist/planner/host-conflicts.js';
import { planPorts } from '../../dist/planner/plan-ports.js';

const ports = {
  platform: 'linux',
  reserved: [],
  excluded: [],
  firstPort: 1,
  ephemeral: { first: toPort(32_768), last: toPort(60_999) },
};

export function timePlanner(count) {
  const publishes = Array.from({ length: count }, (_, at) =>
    parsePublish(`127.0.0.1:${10_000 + at}:80`),
  ).flat();
  const bindings = publishes.map(({ address, protocol, hostPorts }) => ({
    address,
    protocol,
    port: hostPorts.first,
    state: 'listening',
    holder: { kind: 'process' },
  }));
  const host = { bindings, rules: defaultRules, ports };
  const best = (work) =>
    Math.min(
      ...Array.from({ length: 5 }, () => {
        const start = performance.now();
        work();
        return performance.now() - start;
      }),
    );
  return {
    plan: best(() => planPorts(publishes, host)),
    check: best(() => findConflicts(publishes, host)),
  };
}

// Plans ten ports for the folder that it is started in, and prints them. argv: text of a state folder.
// It says "ready" first and waits for a line, so that many of them plan at one moment.
import { once } from 'node:events';
import { openLeaseStore } from '../../dist/leases/store.js';
import { defaultRules } from '../../dist/model/host/engine-traits.js';
import { parsePublish } from '../../dist/model/ports/parse-publish.js';
import { leaseOwnerOf, planWithLeases } from '../../dist/workflows/plans/plan-with-leases.js';

process.stdout.write('ready\n');
await once(process.stdin, 'data');
process.stdin.destroy();

const { plan } = await planWithLeases({
  publishes: Array.from({ length: 10 }, (_, index) => parsePublish(`${8080 + index}:80`)).flat(),
  host: {
    bindings: [],
    rules: defaultRules,
    ports: { platform: process.platform, reserved: [], excluded: [], firstPort: 1 },
  },
  planning: {},
  prober: undefined,
  store: openLeaseStore({ env: { PORTPLAN_STATE_DIR: process.argv[2] } }),
  owner: leaseOwnerOf({}),
  save: true,
});
process.stdout.write(`${JSON.stringify(plan.assignments.map(({ port }) => port))}\n`);

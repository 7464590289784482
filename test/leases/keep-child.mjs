// Gives one port after the other to the keys of a project, and prints each that was confirmed, until it is killed.
// argv: a state folder, the project, the first port.
import { withLease } from '../../dist/leases/lease.js';
import { openLeaseStore } from '../../dist/leases/store.js';

const [, , folder, project, first] = process.argv;
const store = openLeaseStore({ env: { PORTPLAN_STATE_DIR: folder } });
const shared = { directory: '/srv', project, service: 'web', protocol: 'tcp', address: '*' };

for (let port = Number(first); port <= 65_535; port += 1) {
  const key = { ...shared, target: port % 10, entry: 1, replica: 1 };
  await store.update((leases) => withLease(leases, { key, port }, new Date()));
  process.stdout.write(`${port}\n`);
}

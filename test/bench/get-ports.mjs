/** A thousand preferred ports, as get-port finds them. */
import getPort from 'get-port';

for (let port = 20_000; port < 21_000; port += 1) await getPort({ port });

/** Finds a thousand preferred ports with get-port. */
import getPort from 'get-port';

for (let port = 20_000; port < 21_000; port += 1) await getPort({ port });

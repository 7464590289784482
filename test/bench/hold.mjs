/** Holds sockets until it is killed: `listen FIRST COUNT`, `connect PAIRS NUMBER`, `time-wait ROWS`. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const [kind, ...numbers] = process.argv.slice(2);
const [first = 0, second = 0] = numbers.map(Number);
const kept = [];

async function listen(port, host = '127.0.0.1', onConnection = (socket) => kept.push(socket)) {
  const server = createServer({ pauseOnConnect: true }, onConnection);
  server.listen({ port, host, backlog: 4096 });
  await once(server, 'listening');
  return server.address().port;
}

/** Connects many at a time; each client has an address of its own, because one address has too few ports. */
async function connectMany(count, host, make) {
  let left = count;
  const work = async () => {
    while (left > 0) {
      left -= 1;
      await make(`127.${1 + second}.${1 + (left % 200)}.1`, host);
    }
  };
  await Promise.all(Array.from({ length: 64 }, work));
}

if (kind === 'listen') {
  for (let port = first; port < first + second; port += 1) await listen(port);
} else if (kind === 'connect') {
  const port = await listen(0);
  await connectMany(first, '127.0.0.1', async (localAddress) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    kept.push(socket);
    await once(socket, 'connect');
  });
} else {
  const port = await listen(0, '127.0.0.1', (socket) => socket.resume());
  await connectMany(first, '127.0.0.1', async (localAddress) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    await once(socket, 'connect');
    socket.resume().end();
    await once(socket, 'close');
  });
}
process.stdout.write('ready\n');
setInterval(() => {}, 60_000);

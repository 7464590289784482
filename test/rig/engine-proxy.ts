import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Engine } from './engines.ts';
import { tempFolder } from './temp.ts';

interface EngineProxy extends AsyncDisposable {
  readonly dockerHost: string;
  /** Why connections were broken: what `before` rejected with. */
  readonly broken: readonly unknown[];
}

/**
 * A socket in front of the engine, where `before` is called with every request before it is passed on; when it rejects,
 * the connection breaks instead. `after` is called when the engine has answered, before the answer is passed on.
 */
export async function proxyTo(
  engine: Engine,
  before: (asked: IncomingMessage) => Promise<void>,
  after: (asked: IncomingMessage) => Promise<void> = async () => {},
): Promise<EngineProxy> {
  const folder = await tempFolder();
  const path = `${folder.path}/engine.sock`;
  const broken: unknown[] = [];
  const server = createServer((asked, answer) => {
    before(asked).then(
      () => passOn(engine, asked, { answer, after }),
      (reason: unknown) => {
        broken.push(reason);
        answer.destroy();
      },
    );
  });
  await listenIn(server, path);
  return {
    dockerHost: `unix://${path}`,
    broken,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function listenIn(server: Server, path: string): Promise<void> {
  server.listen(path);
  await once(server, 'listening');
}

interface Passage {
  readonly answer: ServerResponse;
  readonly after: (asked: IncomingMessage) => Promise<void>;
}

function passOn(engine: Engine, asked: IncomingMessage, { answer, after }: Passage): void {
  const { method, url, headers } = asked;
  const call = request({ socketPath: engine.socketPath, method, path: url, headers }, (got) => {
    after(asked).then(
      () => {
        answer.writeHead(got.statusCode ?? 500, got.headers);
        got.pipe(answer);
      },
      () => answer.destroy(),
    );
  });
  call.on('error', () => answer.destroy());
  asked.pipe(call);
}

import { describe, expect, test } from '@jest/globals';
import { createClient } from '../../../src/engine/client/client.ts';
import { EngineApiError } from '../../../src/engine/client/error.ts';
import { fakeEngine, type Handler } from '../../rig/fake-engine.ts';

/** Returns the error of a call to an engine that responds with this status and body. */
async function errorFor(status: number, body: string): Promise<unknown> {
  const handler: Handler = (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body);
  };
  await using engine = await fakeEngine(handler);
  const address = { scheme: 'unix', path: engine.socketPath } as const;
  const client = createClient(address, { timeoutMs: 5000 });
  try {
    return await client.call('starting the container', (docker, abortSignal) =>
      docker.getContainer('web').start({ abortSignal }),
    );
  } catch (error) {
    return error;
  } finally {
    client.close();
  }
}

describe('an error response', () => {
  test.each([
    ['with a JSON message', '{"message":"port is taken"}', 'port is taken'],
    ['without JSON', 'port is taken', 'port is taken'],
    ['with a message that is an object', '{"message":{"toString":1}}', 'HTTP status 500'],
    ['that is only such an object', '{"toString":1,"valueOf":1}', 'HTTP status 500'],
    ['that is a list', '[[]]', 'HTTP status 500'],
    ['a hundred thousand levels deep', '['.repeat(1e5) + ']'.repeat(1e5), 'HTTP status 500'],
  ])('%s', async (_name, body, words) => {
    const error = await errorFor(500, body);

    expect(error).toBeInstanceOf(EngineApiError);
    expect(error).toMatchObject({ status: 500, message: expect.stringContaining(words) });
  });
});

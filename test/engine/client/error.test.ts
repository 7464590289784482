import { describe, expect, test } from '@jest/globals';
import { EngineApiError, toEngineError } from '../../../src/engine/client/error.ts';
import { PortplanError } from '../../../src/errors.ts';

const context = {
  address: { scheme: 'unix', path: '/run/x.sock' },
  task: 'listing containers',
  timeoutMs: 5000,
} as const;

function systemError(code: string): Error {
  return Object.assign(new Error(`connect ${code}`), { code });
}

describe('toEngineError', () => {
  test.each([
    ['ENOENT', 'engine-absent', 'no engine answers at unix:///run/x.sock'],
    ['ECONNREFUSED', 'engine-absent', 'no engine answers at unix:///run/x.sock'],
    ['ENOTFOUND', 'engine-absent', 'no engine answers'],
    ['EACCES', 'engine-denied', 'no permission to use the engine at unix:///run/x.sock'],
    ['ECONNRESET', 'engine-failed', 'closed the connection while listing containers'],
    [
      'HPE_INVALID_CONSTANT',
      'engine-failed',
      'unexpected response from the engine at unix:///run/x.sock while listing containers',
    ],
  ])('%s', (systemCode, code, message) => {
    const error = toEngineError(systemError(systemCode), context);

    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(error.hint).toBeDefined();
  });

  test.each([
    ['its JSON', { json: { message: ' port is taken ' } }, 'port is taken'],
    ["docker-modem's wrapping", {}, 'port is taken'],
  ])('uses the message of the engine from %s', (_name, more, message) => {
    const response = Object.assign(new Error('(HTTP code 500) server error - port is taken '), {
      ...{ statusCode: 500, ...more },
    });

    expect(toEngineError(response, context)).toMatchObject({ status: 500, message });
  });

  test('names the HTTP status of a response without a message', () => {
    const response = Object.assign(new Error('(HTTP code 418) unexpected -  '), {
      statusCode: 418,
    });

    expect(toEngineError(response, context).message).toBe(
      'the engine responded with HTTP status 418',
    );
    expect(toEngineError(response, context)).toBeInstanceOf(EngineApiError);
  });

  test('returns a PortplanError unchanged', () => {
    const error = new PortplanError('interrupted', 'enough');

    expect(toEngineError(error, context)).toBe(error);
  });
});

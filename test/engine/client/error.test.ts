import { describe, expect, test } from '@jest/globals';
import { EngineApiError, toEngineError } from '../../../src/engine/client/error.ts';
import { PortplanError } from '../../../src/errors.ts';

const context = {
  address: { scheme: 'unix', path: '/run/x.sock' },
  task: 'list its containers',
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
    ['ECONNRESET', 'engine-failed', 'hung up while asked to list its containers'],
    ['HPE_INVALID_CONSTANT', 'engine-failed', 'no sensible answer when asked to list its'],
  ])('%s', (systemCode, code, message) => {
    const error = toEngineError(systemError(systemCode), context);

    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(error.hint).toBeDefined();
  });

  test.each([
    ['its JSON', { json: { message: ' port is taken ' } }, 'port is taken'],
    ["docker-modem's wrapping", {}, 'port is taken'],
  ])('a refusal in the words of the engine, from %s', (_name, more, message) => {
    const refused = Object.assign(new Error('(HTTP code 500) server error - port is taken '), {
      ...{ statusCode: 500, ...more },
    });

    expect(toEngineError(refused, context)).toMatchObject({ status: 500, message });
  });

  test('a refusal without words', () => {
    const refused = Object.assign(new Error('(HTTP code 418) unexpected -  '), { statusCode: 418 });

    expect(toEngineError(refused, context).message).toBe('the engine refused with HTTP status 418');
    expect(toEngineError(refused, context)).toBeInstanceOf(EngineApiError);
  });

  test('an error in our words stays as it is', () => {
    const error = new PortplanError('interrupted', 'enough');

    expect(toEngineError(error, context)).toBe(error);
  });
});

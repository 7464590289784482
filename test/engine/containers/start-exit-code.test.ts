import { describe, expect, test } from '@jest/globals';
import { startExitCode } from '../../../src/engine/containers/start-exit-code.ts';

describe('startExitCode', () => {
  test.each([
    ['no such program', 'exec: "x": executable file not found in $PATH: unknown', 127],
    ['no such file', 'exec: "/x": stat /x: no such file or directory: unknown', 127],
    ['a folder', 'exec: "/tmp": permission denied: unknown', 126],
    ['a folder, newer runc', 'exec: "/tmp": is a directory: unknown', 126],
    ['a port below 1024', 'listen tcp4 0.0.0.0:80: bind: permission denied', undefined],
    ['a taken port', 'Bind for 0.0.0.0:80 failed: port is already allocated', undefined],
  ])('%s', (_name, message, code) => {
    expect(startExitCode(message)).toBe(code);
  });
});

import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { portplan } from '../../rig/portplan.ts';
import { run } from '../../rig/run.ts';

const bin = new URL('../../../bin/portplan.js', import.meta.url).pathname;
const hasBash = spawnSync('bash', ['-c', 'exit']).status === 0;

/** Returns what bash offers after these words, the last of which is incomplete. */
async function complete(words: readonly string[]): Promise<readonly string[]> {
  const quoted = ['portplan', ...words].map((word) => `'${word}'`).join(' ');
  const script = `
    portplan() { "${process.execPath}" "${bin}" "$@"; }
    source <(portplan completion bash)
    COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}
    $(complete -p portplan | sed 's/.*-F \\([^ ]*\\).*/\\1/')
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { code, stdout, stderr } = await run('bash', ['-c', script]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.split('\n').filter(Boolean);
}

(hasBash ? describe : describe.skip)('completion in bash', () => {
  test('completes the commands', async () => {
    expect(await complete([''])).toEqual(
      expect.arrayContaining(['check', 'ps', 'plan', 'images', 'run', 'completion']),
    );
    expect(await complete(['p'])).toEqual(['ps', 'port', 'plan']);
  });

  test('completes the flags of a command', async () => {
    expect(await complete(['check', '--'])).toEqual(
      expect.arrayContaining(['--publish', '--require', '--format', '--context']),
    );
    expect([...(await complete(['plan', '--host']))].sort()).toEqual(['--host', '--host-ip']);
    expect(await complete(['run', '--ent'])).toEqual(['--entrypoint']);
  });
});

describe('completion', () => {
  test.each(['zsh', 'fish'])('has a script for %s', async (shell) => {
    const { code, stdout } = await portplan(['completion', shell]);

    expect(code).toBe(0);
    expect(stdout).toContain('portplan --complete --');
  });

  test('has no script for other shells', async () => {
    expect(await portplan(['completion', 'tcsh'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('bash|zsh|fish'),
    });
  });
});

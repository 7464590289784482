import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { applyEdits } from '../../../src/compose/edit/apply-edits.ts';
import { errorOf, withFiles } from '../fixture.ts';

const read = (folder: string, name: string) => readFileSync(join(folder, name), 'utf8');

test('changes, creates and deletes files, and leaves no temporary files', () => {
  withFiles({ a: 'a\r\n', b: 'b' }, (folder) => {
    chmodSync(join(folder, 'a'), 0o640);
    const edits = [
      { path: join(folder, 'a'), before: 'a\r\n', after: 'A\r\n' },
      { path: join(folder, 'b'), before: 'b', after: undefined },
      { path: join(folder, 'c'), before: undefined, after: 'c' },
    ];
    applyEdits(edits, [folder]);
    expect(readdirSync(folder).sort()).toEqual(['a', 'c']);
    expect([read(folder, 'a'), read(folder, 'c')]).toEqual(['A\r\n', 'c']);
    if (process.platform !== 'win32') expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o640);
  });
});

test('keeps the UTF-16 encoding of a file', () => {
  withFiles({}, (folder) => {
    const path = join(folder, 'a');
    writeFileSync(path, '\uFEFFä', 'utf16le');
    applyEdits([{ path, before: '\uFEFFä', after: '\uFEFFö' }], [folder]);
    expect(readFileSync(path)).toEqual(Buffer.from('\uFEFFö', 'utf16le'));
  });
});

test.each([
  ['changed', 'other', 'text'],
  ['deleted', undefined, 'text'],
  ['created', 'other', undefined],
])('writes no file if one was %s since the plan', (_name, now, before) => {
  withFiles({ a: 'a', ...(now !== undefined && { b: now }) }, (folder) => {
    const edits = [
      { path: join(folder, 'a'), before: 'a', after: 'A' },
      { path: join(folder, 'b'), before, after: 'B' },
    ];
    expect(errorOf(() => applyEdits(edits, [folder])).reason).toBe('file-changed');
    expect(read(folder, 'a')).toBe('a');
    expect(readdirSync(folder).sort()).toEqual(now === undefined ? ['a'] : ['a', 'b']);
  });
});

const links = process.platform === 'win32' ? test.skip : test;

links('follows a link inside the project and keeps it', () => {
  withFiles({ 'sub/a': 'a' }, (folder) => {
    symlinkSync('sub/a', join(folder, 'link'));
    applyEdits([{ path: join(folder, 'link'), before: 'a', after: 'A' }], [folder]);
    expect([read(folder, 'sub/a'), readlinkSync(join(folder, 'link'))]).toEqual(['A', 'sub/a']);
  });
});

links.each([
  ['a file', '../outside/a', 'link'],
  ['a folder', '../outside', 'link/a'],
])('rejects a link to %s outside the project', (_name, target, path) => {
  withFiles({}, (folder) => {
    const outside = join(folder, '..', 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'a'), 'a');
    symlinkSync(target, join(folder, 'link'));
    const edits = [{ path: join(folder, path), before: 'a', after: 'A' }];
    expect(errorOf(() => applyEdits(edits, [folder])).reason).toBe('outside-project');
    expect(readFileSync(join(outside, 'a'), 'utf8')).toBe('a');
  });
});

links('rejects a dangling link', () => {
  withFiles({}, (folder) => {
    symlinkSync('../nowhere', join(folder, 'link'));
    const edits = [{ path: join(folder, 'link'), before: undefined, after: 'A' }];
    expect(errorOf(() => applyEdits(edits, [folder])).reason).toBe('cannot-write');
    expect(existsSync(join(folder, '..', 'nowhere'))).toBe(false);
  });
});

test('rolls back all steps if a later one fails', () => {
  withFiles({ a: 'a' }, (folder) => {
    const edits = [
      { path: join(folder, 'a'), before: 'a', after: 'A' },
      // Both edits create the file: the second one finds the file of the first.
      { path: join(folder, 'b'), before: undefined, after: '1' },
      { path: join(folder, 'b'), before: undefined, after: '2' },
    ];
    expect(errorOf(() => applyEdits(edits, [folder])).reason).toBe('file-changed');
    expect(readdirSync(folder)).toEqual(['a']);
    expect(read(folder, 'a')).toBe('a');
  });
});

test('rejects a folder', () => {
  withFiles({ 'a/b': '' }, (folder) => {
    const edits = [{ path: join(folder, 'a'), before: '', after: 'A' }];
    expect(errorOf(() => applyEdits(edits, [folder])).reason).toBe('cannot-write');
  });
});

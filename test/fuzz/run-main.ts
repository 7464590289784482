import { readFileSync } from 'node:fs';
import { PassThrough, Writable } from 'node:stream';
import { Ajv } from 'ajv';
import { main } from '../../src/cli/main.ts';
import { dangerous } from './judge.ts';
import { must } from './target.ts';

/** The value of `$SECRET`, which no output may contain. */
export const secret = 'hunter2-SECRET';

interface Run {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string | undefined;
}

/**
 * Runs the whole program in this process and checks its output: no character that a terminal acts on, no secret, JSON
 * that parses, annotations of one line, and no exit code of an internal error.
 * @throws Finding
 */
export async function runMain({ args, env, input = '' }: Run): Promise<void> {
  const [stdout, stderr] = [collector(), collector()];
  const stdin = new PassThrough();
  stdin.end(input);
  const io = {
    ...{ stdin, stdout: stdout.stream, stderr: stderr.stream },
    env: { ...env, SECRET: secret },
    on: () => undefined,
    off: () => undefined,
  };
  const restore = useEnvironment(io.env);
  let code: number;
  try {
    code = await main([...args], io);
  } finally {
    restore();
  }
  const line = args.join(' ');
  must(code !== 4, `${line}: a bug: ${stderr.text()}`);
  for (const text of [stdout.text(), stderr.text()]) {
    const found = dangerous.exec(text);
    must(found === null, `${line}: it prints ${JSON.stringify(found)}: ${text.slice(0, 2000)}`);
    must(!text.includes(secret), `${line}: it prints a secret: ${text}`);
  }
  checkFormat(args, stdout.text(), code);
}

const formats: Readonly<Record<string, (text: string) => void>> = {
  json: checkJson,
  sarif: (text) => JSON.parse(text),
  gitlab: (text) => JSON.parse(text),
  github(text) {
    for (const one of text.split('\n').filter((row) => row !== ''))
      must(/^::(error|warning|notice) /.test(one), `no annotation: ${one.slice(0, 300)}`);
  },
};

function checkFormat(args: readonly string[], text: string, code: number): void {
  const format = args[args.indexOf('--format') + 1] ?? '';
  if (args.includes('--format') && (text !== '' || code === 0)) formats[format]?.(text);
}

const schema = JSON.parse(
  readFileSync(new URL('../../src/schema/portplan-v1.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv({ strict: true }).compile(schema);

function checkJson(text: string): void {
  validate(JSON.parse(text));
  must(!validate.errors, `not as the schema says: ${JSON.stringify(validate.errors)}`);
}

function collector() {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return {
    stream: Object.assign(stream, { asNodeStream: () => stream }),
    text: () => Buffer.concat(chunks).toString(),
  };
}

/** Some defaults of the library come from the process. */
function useEnvironment(env: Readonly<Record<string, string>>): () => void {
  const before = process.env;
  process.env = { ...env };
  return () => {
    process.env = before;
  };
}

import { expect, test } from '@jest/globals';
import { describeEngines, type Engine } from '../../rig/engines.ts';
import { portplan } from '../../rig/portplan.ts';
import { readQuotes, updateQuote } from '../../rig/quotes.ts';
import { tempFolder } from '../../rig/temp.ts';
import { scenes } from './scenes.ts';

/**
 * The outputs that README.md and docs/ quote, against a real engine. What differs from run to run is compared by its
 * form: dates, pids and ids. PORTPLAN_TEST_UPDATE=1 writes what the program prints into the pages.
 */
const update = process.env.PORTPLAN_TEST_UPDATE === '1';

describeEngines('the documentation quotes what the program prints', ['moby-28'], (engine) => {
  test.each(Object.entries(scenes))('in the scene %s', async (name, scene) => {
    await using home = await tempFolder(scene.files);
    await using _process = name === 'blog' ? await servePython(engine) : undefined;
    for (const folder of scene.running) {
      await engine.compose(['up', '-d'], { cwd: `${home.path}/${folder}`, timeoutMs: 60_000 });
    }
    const quotes = readQuotes().filter((quote) => quote.kind === 'scene' && quote.name === name);
    for (const command of scene.commands) {
      const [, ...args] = command.split(' ');
      const { stdout, stderr } = await portplan(args, {
        engine,
        cwd: `${home.path}/${scene.folder}`,
        env: { PORTPLAN_STATE_DIR: `${home.path}/state` },
        timeoutMs: 60_000,
      });
      const printed = toQuote(`${stdout}${stderr}`, home.path);
      for (const quote of quotes.filter((one) => one.command === command)) {
        if (update && toForm(quote.output) !== toForm(printed)) updateQuote(quote, printed);
        else expect(toForm(quote.output)).toBe(toForm(printed));
      }
    }
    await engine.removeAllContainers();
  });
});

/** A program of the user's own on 9000, in the network of the engine. */
async function servePython(engine: Engine): Promise<AsyncDisposable> {
  const server = engine.spawnInNetwork('python3', [
    ...['-m', 'http.server', '9000'],
    ...['--bind', '127.0.0.1'],
  ]);
  for (let turn = 0; turn < 50; turn++) {
    // No connection: its TIME_WAIT would keep the port from the next test for a minute.
    const { stdout } = await engine.inNetwork('ss', ['-Hltn', 'sport = :9000']);
    if (stdout !== '') break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    async [Symbol.asyncDispose]() {
      server.kill('SIGKILL');
    },
  };
}

/** The output as a page shows it: of the user ann, in her home, without the progress that Compose prints. */
function toQuote(output: string, home: string): string {
  return output
    .replaceAll(/^ (?:Network|Container|Volume) .*\n/gm, '')
    .replaceAll(home, '/home/ann')
    .replaceAll('user root', 'user ann')
    .replaceAll(/since [\d-]+ [\d:]+ UTC \([^)]*\)/g, 'since 2026-11-29 08:10 UTC (2 hours)')
    .trimEnd();
}

/** What of an output must be the same in every run. */
function toForm(output: string): string {
  return output
    .replaceAll(/\d{4}-\d\d-\d\d/g, 'DATE')
    .replaceAll(/\d\d:\d\d UTC \([^)]*\)/g, 'TIME')
    .replaceAll(/\b(pid|kill) \d+/g, '$1 PID')
    .replaceAll(/\b[0-9a-f]{64}\b/g, 'ID');
}

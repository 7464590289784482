/** Answers the same questions in the obvious way: loads everything at once, with one package for each task. */
import { readFileSync } from 'node:fs';
import Table from 'cli-table3';
import Docker from 'dockerode';
import getPort from 'get-port';
import { parse } from 'yaml';
import yargs from 'yargs';

const { _: words } = await yargs(process.argv.slice(2))
  .command('check [files..]', '')
  .command('ps', '')
  .parseAsync();
const containers = await new Docker().listContainers();
const published = containers.flatMap(({ Names, Ports }) =>
  Ports.map((port) => ({ ...port, name: Names[0] })),
);
const table = new Table({ head: ['PORT', 'ADDRESS', 'HELD BY'] });
if (words[0] === 'ps') {
  for (const { PublicPort, IP, name } of published) table.push([`${PublicPort}`, `${IP}`, name]);
} else {
  const { files = [] } = yargs(process.argv.slice(2)).command('check [files..]', '').parseSync();
  for (const file of files) {
    for (const [service, { ports = [] }] of Object.entries(
      parse(readFileSync(file, 'utf8')).services,
    )) {
      for (const port of ports.map((text) => Number(`${text}`.split(':').at(-2)))) {
        const holder = published.find(({ PublicPort }) => PublicPort === port)?.name;
        if (holder !== undefined || (await getPort({ port })) !== port)
          table.push([`${port}`, service, `${holder}`]);
      }
    }
  }
}
process.stdout.write(`${table}\n`);

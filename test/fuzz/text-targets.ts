/* biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of compose files */

import { parseSimpleArgs } from '../../src/cli/simple-args.ts';
import { parseArguments } from '../../src/cli/yargs.ts';
import { parseDotenv } from '../../src/compose/variables/dotenv.ts';
import { interpolate } from '../../src/compose/variables/interpolate.ts';
import { parseDocuments } from '../../src/compose/yaml/document.ts';
import { parseEngineAddress } from '../../src/engine/connect/address.ts';
import { parseDockerConfig } from '../../src/engine/connect/docker-config.ts';
import { parseImageReference } from '../../src/engine/images/reference.ts';
import { parseLeases, serializeLeases } from '../../src/leases/file-format.ts';
import {
  parsePublish,
  parsePublishFlag,
  publishGrammars,
} from '../../src/model/ports/parse-publish.ts';
import { isPort } from '../../src/model/ports/port.ts';
import { parseTarget } from '../../src/model/ports/target.ts';
import { parsePortErrors } from '../../src/port-errors/parse.ts';
import { toContainerSpec } from '../../src/runner/docker-flags/create-request.ts';
import { parseRunArguments } from '../../src/runner/docker-flags/run-arguments.ts';
import { parseKeyValueFile } from '../../src/runner/docker-flags/values/key-value-file.ts';
import { toValues } from '../../src/terminal/flags.ts';
import { fixturesIn } from './corpus.ts';
import { must, seedsOf, type Target } from './target.ts';

const publishWords = ['/tcp', '/udp', '/sctp', '[::1]', '127.0.0.1:', '8000-8010', ':80', '+'];

const publishes = seedsOf(
  '8080:80',
  '127.0.0.1:8000-8010:80/udp',
  '[::1]:53:53/udp',
  '8000-8002:8000-8002',
  'published=8080,target=80,protocol=tcp,host_ip=::1',
);

/** Parsers of texts that people write: command lines, addresses, env files, templates. */
export const textTargets: readonly Target[] = [
  {
    name: 'publish',
    seeds: publishes,
    words: publishWords,
    run(input) {
      const text = input.toString();
      for (const publish of parsePublishFlag(text).publishes) {
        must(publish.target >= 0 && publish.target <= 65535, 'a target that is no port');
        const { hostPorts } = publish;
        if (hostPorts) must(isPort(hostPorts.first) && isPort(hostPorts.last), 'no host ports');
      }
    },
  },
  {
    name: 'publish-grammars',
    seeds: publishes,
    words: publishWords,
    run(input) {
      const [at = 0] = input;
      const grammars = Object.values(publishGrammars);
      const grammar = grammars[at % grammars.length];
      parsePublish(input.subarray(1).toString(), grammar && { grammar });
    },
  },
  {
    name: 'target',
    seeds: seedsOf('8080', '127.0.0.1:8000-8010/udp', 'nginx:1.25', './compose.yaml', '8080:80'),
    words: publishWords,
    run: (input) => parseTarget(input.toString(), () => false),
  },
  {
    name: 'image-name',
    seeds: seedsOf('nginx', 'localhost:5000/a/b:1', `a@sha256:${'0'.repeat(64)}`),
    words: ['sha256:', 'docker.io/', '@', ':5000/'],
    run: (input) => parseImageReference(input.toString()),
  },
  {
    name: 'engine-address',
    seeds: seedsOf('unix:///run/docker.sock', 'tcp://h:2376/x', 'ssh://u@h:22/p', 'npipe:////./p'),
    words: ['://', '@', '%2f', '[::1]', '?', '-oProxyCommand=x'],
    run: (input) => parseEngineAddress(input.toString()),
  },
  {
    name: 'run-flags',
    seeds: seedsOf(
      ...[
        ['-p', '8080:80', '-e', 'A=1', '--name', 'x', 'nginx:1.25', 'sh', '-c', 'x'],
        ['--mount', 'type=bind,"source=/a,b",target=/c,bind-propagation=rslave', 'a'],
        ['--gpus', '"device=0,1",capabilities=utility', '--ulimit', 'nofile=1:2', 'a'],
        ['-v', '/a:/b:ro', '--tmpfs', '/t:size=1m', '--device', '/dev/a:/dev/b:rw', 'a'],
        ['--network', 'name=n,ip=1.2.3.4,alias=x', '--add-host', 'h:1.1.1.1', '--dns', '::1', 'a'],
        ['--health-cmd', 'x', '--health-interval', '1m3s', '--restart', 'on-failure:3', 'a'],
        [
          '--memory',
          '1.5g',
          '--cpus',
          '0.5',
          '--device-read-bps',
          '/dev/a:1mb',
          '--expose',
          '1',
          'a',
        ],
        ['--log-opt', 'a=b', '--sysctl', 'a.b=1', '-l', 'a=b', '--security-opt', 'label=a', 'a'],
      ].map((words) => words.join('\n')),
    ),
    words: [
      '\n-p\n',
      '\n--mount\n',
      '\n-v\n',
      '\n-e\n',
      '\n--gpus\n',
      '\n--',
      '\n-it',
      'type=',
      ',',
      '\n-u\n',
    ],
    async run(input) {
      const parsed = parseRunArguments(input.toString().split('\n'));
      if (parsed.kind !== 'run') return;
      const readFile = async () => input.toString();
      await toContainerSpec(parsed, { env: {}, cwd: '/', readFile });
    },
  },
  {
    name: 'arguments',
    share: 0.2,
    seeds: seedsOf(
      ...['check\n8080\n-p\n8080:80', 'plan\n--write\nenv\n--dry-run', 'ps\n-a\n--format\njson'],
      'lease\npin\nweb\n8080:80',
      'check\n--static\n-f\ncompose.yaml\n--strict',
    ),
    words: ['\n--', '\n-', '=', '\n--file=', '\n--format\n', '\n--timeout\n', '\n--range\n'],
    async run(input) {
      const words = input.toString().split('\n').slice(0, 1000);
      const parsed = parseSimpleArgs(words) ?? (await parseArguments(words));
      toValues(parsed.command.flags, parsed.parsedFlags, {}).text('format');
    },
  },
  {
    name: 'dotenv',
    seeds: seedsOf(
      'A=1\nexport B="x ${A:-y}\\n"\nC: \'q\'\n# c\nD\n',
      'KEY=${OTHER:?no}\r\n\tE = f # c\n',
    ),
    words: ['export ', '${', '${A:-', '}', '="', "='", '\n#', '\\$', '\\052', '$$'],
    run: (input) => parseDotenv(input.toString(), '.env'),
  },
  {
    name: 'key-value-file',
    seeds: seedsOf('A=1\nB\n# c\n C = d\r\n'),
    run: (input) => parseKeyValueFile(input.toString(), 'env', () => 'x'),
  },
  {
    name: 'template',
    seeds: seedsOf('a${B:-${C:-d}}e$F$$${G?h}${H+i}', '${A:?{}}'),
    words: ['${', '${A', ':-', ':?', ':+', '{', '}', '$$'],
    run: (input) => interpolate(input.toString(), (name) => (name === 'A' ? 'x' : undefined)),
  },
  {
    name: 'yaml',
    share: 0.5,
    seeds: fixturesIn('cases', /compose\.ya?ml$/),
    words: [
      '\n- ',
      '\n  ',
      '? ',
      '!!',
      '!reset ',
      '<<: ',
      '|\n',
      '>-\n',
      '---\n',
      '&a ',
      '*a',
      '\t',
    ],
    run: (input) => parseDocuments({ path: '/a', file: 'a', text: input.toString() }),
  },
  {
    name: 'explain-text',
    share: 0.5,
    seeds: (
      JSON.parse(fixturesIn('port-errors', /messages\.json$/).toString()) as { text: string }[]
    ).map(({ text }) => Buffer.from(text)),
    words: ['address already in use', 'port is already allocated', ' | ', ': ', ':8080', '\u001b['],
    run(input) {
      for (const { message } of parsePortErrors(input.toString()))
        must(message.length <= 400, 'too long');
    },
  },
  {
    name: 'leases',
    tree: true,
    seeds: seedsOf(
      '{"version":1,"leases":[{"directory":"/a","project":"p","service":"s","target":80,"protocol":"tcp","hostIp":"","entry":1,"replica":1,"port":8080,"asked":80,"pinned":false,"createdAt":"2026-11-23T09:14:00.000Z","usedAt":"2026-11-23T09:14:00.000Z"}]}',
    ),
    run(input) {
      const parsed = parseLeases(input.toString());
      if (parsed.kind !== 'read') return;
      const again = parseLeases(serializeLeases(parsed.leases));
      must(again.kind === 'read' && again.faults.length === 0, 'what was read cannot be written');
    },
  },
  {
    name: 'docker-config',
    tree: true,
    seeds: seedsOf(
      '{"currentContext":"a","auths":{"r":{"auth":"YTpi","identitytoken":"t"}},"credsStore":"x","credHelpers":{"r":"y"},"proxies":{"default":{"httpProxy":"http://p"}},"detachKeys":"ctrl-a"}',
    ),
    run: (input) => parseDockerConfig(input.toString(), 'config.json'),
  },
];

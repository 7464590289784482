import { isPort } from '../../src/model/ports/port.ts';
import type { HostSocket } from '../../src/scanner/sockets/host-socket.ts';
import { parseCgroup } from '../../src/scanner/sockets/linux/cgroup.ts';
import { parseSocketTable } from '../../src/scanner/sockets/linux/proc-net.ts';
import { parseBootTime, parseStat, startTime } from '../../src/scanner/sockets/linux/proc-stat.ts';
import {
  parseCommandLine,
  parsePasswd,
  programName,
} from '../../src/scanner/sockets/linux/process.ts';
import { parseSctpEndpoints } from '../../src/scanner/sockets/linux/sctp.ts';
import { parseLsof } from '../../src/scanner/sockets/macos/lsof.ts';
import { parseMacosNetstat } from '../../src/scanner/sockets/macos/netstat.ts';
import { parsePs, parsePsNames } from '../../src/scanner/sockets/macos/ps.ts';
import { parseDynamicPorts, parseExcludedRanges } from '../../src/scanner/sockets/windows/netsh.ts';
import { parseWindowsNetstat } from '../../src/scanner/sockets/windows/netstat.ts';
import { parseTasklist } from '../../src/scanner/sockets/windows/tasklist.ts';
import { fixturesIn } from './corpus.ts';
import { must, seedsOf, type Target } from './target.ts';

const recorded = (names: RegExp) => fixturesIn('processes', names);

/** Parsers of kernel tables and system tools, in which processes choose names. */
export const hostTargets: readonly Target[] = [
  {
    name: 'socket-table',
    seeds: recorded(/net[\\/](tcp|udp)6?$|(tcp|udp)6?$/),
    words: [': ', ' 0A ', '00000000:', '00000000000000000000000001000000:1F90'],
    run(input) {
      const text = input.toString('latin1');
      for (const family of [4, 6] as const)
        for (const protocol of ['tcp', 'udp'] as const)
          areSockets(parseSocketTable(text, { protocol, family }));
    },
  },
  {
    name: 'sctp-endpoints',
    seeds: recorded(/sctp/),
    run: (input) => areSockets(parseSctpEndpoints(input.toString('latin1'))),
  },
  {
    name: 'process-stat',
    seeds: seedsOf(
      '1 (a) b) S 1 1 1 0 -1 4194560 1 1 1 1 1 1 1 1 20 0 1 0 12 1 1\nbtime 1700000000\nUid:\t0\t0',
    ),
    words: [' ', ')', '(', 'btime ', '99999999999999'],
    run(input) {
      const text = input.toString('latin1');
      const stat = parseStat(text);
      const boot = parseBootTime(text);
      if (stat !== undefined && boot !== undefined) startTime(stat, boot);
      programName(text.slice(0, 15), parseCommandLine(input));
      parsePasswd(text);
    },
  },
  {
    name: 'cgroup',
    seeds: seedsOf(
      `0::/system.slice/docker-${'a'.repeat(64)}.scope\n12:cpu:/x\n1:name=systemd:/user.slice/a.service\n`,
    ),
    words: ['.scope', '.service', '0::/', 'docker-', '/'],
    run: (input) => parseCgroup(input.toString()),
  },
  {
    name: 'macos-tools',
    seeds: recorded(/^macos/),
    words: ['\np1\n', '\nf1\n', '\nn*:80\n', '\nPTCP\n', 'TST=LISTEN', '*.80', 'tcp46', ' LISTEN'],
    run(input) {
      const text = input.toString();
      areSockets(parseLsof(text));
      areSockets(parseMacosNetstat(text));
      parsePs(text);
      parsePsNames(text);
    },
  },
  {
    name: 'windows-tools',
    seeds: recorded(/^windows/),
    words: ['TCP', 'UDP', '[::]:80', '0.0.0.0:0', '","', '\r\n', '*:*'],
    run(input) {
      const text = input.toString();
      areSockets(parseWindowsNetstat(text));
      parseTasklist(text);
      for (const { first, last } of parseExcludedRanges(text))
        must(isPort(first) && isPort(last), 'an excluded range outside 1 to 65535');
      parseDynamicPorts(text);
    },
  },
];

function areSockets(sockets: readonly HostSocket[]): void {
  for (const { port, address, holder } of sockets) {
    must(isPort(port), `the port ${port}`);
    must(address !== '', 'no address');
    if (holder.kind === 'process' && holder.pid !== undefined)
      must(Number.isSafeInteger(holder.pid), `the process ${holder.pid}`);
  }
}

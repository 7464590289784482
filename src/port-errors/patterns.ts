import type { PortErrorCode } from '../model/findings/port-error.ts';

/** A pattern of an error about ports, anywhere in a line. Its group `detail` is the text that the engine rejects. */
export interface ErrorPattern {
  readonly code: PortErrorCode;
  readonly pattern: RegExp;
}

const inUse = /address already in use|Only one usage of each socket address/i.source;

/**
 * Messages of moby 20.10 to 29 (its port allocator, the proxy, RootlessKit), Docker Desktop, podman 3 to 6, nerdctl,
 * and the command lines around them (ports.md §6). Matches the end of a message: only that is the same in all versions.
 * Every pattern runs in linear time, because the texts are long and untrusted.
 */
export const patterns: readonly ErrorPattern[] = [
  {
    code: 'taken-by-service',
    pattern: /port '\d+' is already in use by service/g,
  },
  { code: 'taken-by-container', pattern: /port is already allocated/gi },
  {
    code: 'pool-exhausted',
    pattern: /all ports (?:in range \S{1,80} )?are(?: already)? allocated/gi,
  },
  {
    code: 'privileged-port',
    pattern: /cannot expose privileged port \d+(?:.{0,500}permission denied)?/g,
  },
  {
    code: 'privileged-port',
    pattern:
      /bind: permission denied|\/(?:tcp|udp|sctp): permission denied|Port\(s\) already bound: \d+: Permission denied|Failed to bind port \d+ \(Permission denied\)/g,
  },
  {
    code: 'address-not-local',
    pattern:
      /(?<!connect: )(?:cannot|can't) assign requested address|requested address is not valid in its context/gi,
  },
  { code: 'excluded-range', pattern: /forbidden by its access permissions/g },
  {
    code: 'taken-for-program',
    pattern: new RegExp(
      [
        /(?:listen|bind) EADDRINUSE(?:: address already in use)?/.source,
        /\[Errno (?:98|48|10048)\].{0,200}already in use/.source,
        /bind\(\) to \S{1,80} failed \(\d+: Address already in use\)/.source,
        // A line of a container's log, as Compose prints it.
        String.raw`^\s*[\w.-]{1,100}\s{0,40}\| .{0,1000}(?:${inUse})`,
      ].join('|'),
      'gi',
    ),
  },
  {
    code: 'taken-on-host',
    pattern: new RegExp(
      `${inUse}|proxy already running|slirp_add_hostfwd failed|conflict with ID \\d+`,
      'gi',
    ),
  },
  {
    code: 'network-mode',
    pattern:
      /conflicting options: port (?:publishing|exposing) and the container type network mode|network_mode is incompatible with port_bindings/g,
  },
  { code: 'bad-range', pattern: /invalid port range: (?<detail>\d{1,10}-\d{1,10})/g },
  {
    code: 'bad-protocol',
    pattern:
      /invalid transport protocol: \d+|\): unknown protocol|(?:proxy|listen on \S{1,80}): protocol not supported|protocol (?<detail>\w{1,20}) is not allowed for exposed ports/g,
  },
  {
    code: 'bad-protocol',
    pattern: /unrecognized protocol \\?"(?<detail>[^"\\]{0,60})\\?" in port mapping/g,
  },
  {
    code: 'bad-publish',
    pattern:
      /(?:invalid port specification|make cli opts\(\): strconv\.Atoi: parsing):? \\?"(?<detail>[^"\\]{0,100})/g,
  },
  {
    code: 'bad-publish',
    pattern:
      /(?:(?:^|docker: |flag: |ports\S{0,40} )invalid (?:proto|ip address)|invalid (?:hostPort|containerPort)): (?<detail>\S{0,100})|invalid port format - |no port specified: /gi,
  },
  {
    code: 'bad-publish',
    pattern:
      /invalid ranges specified for container and host ports: (?<detail>\S{1,40} and \S{1,40})/gi,
  },
  {
    code: 'bad-publish',
    pattern:
      /host and container port ranges have different lengths: (?<detail>\d{1,6} vs \d{1,6})|must provide a non-empty container host IP to publish|automatic port allocation is not implemented for rootless mode/g,
  },
  {
    code: 'bad-publish',
    pattern: /port numbers must be between 1 and 65535 \(inclusive\), got (?<detail>\S{1,40})/g,
  },
  { code: 'start-refused', pattern: /unable to upgrade to tcp, received 409/g },
];

/** Patterns that count only in lines without another match: they also precede messages with a more precise reason. */
export const vaguePatterns: readonly ErrorPattern[] = [
  {
    code: 'proxy-failed',
    pattern:
      /error starting userland proxy:|failed to start userland proxy for port mapping|timed out starting the userland proxy|exec: \\?"docker-proxy\\?"/gi,
  },
  {
    code: 'forwarder-failed',
    pattern:
      /\/forwards\/expose(?:\/port)? returned unexpected status|unable to list exposed ports|ports? are not available/gi,
  },
];

/**
 * Forms of the port in messages; the first match counts. Groups: `ip`, `family` (if the address is omitted), `port`,
 * `first` and `last` of a pool, `proto`.
 */
export const endpointForms: readonly RegExp[] = [
  /bind for (?<ip>\S{0,60}):(?<port>\d{1,5}) failed/i,
  /failed to bind host port (?<port>\d{1,5}) for (?<ip>\S{1,60}?):(?<first>\d{1,5})-(?<last>\d{1,5}):\S{1,60}\/(?<proto>\w{1,4})/,
  /failed to bind host port for (?<ip>\[[^\s\]]{1,60}\]|[\d.]{1,20}):(?<port>\d{1,5}):\S{1,60}\/(?<proto>\w{1,4})/,
  /failed to bind (?:host )?port (?<ip>\S{1,60}):(?<port>\d{1,5})\/(?<proto>\w{1,4})/,
  /cannot bind (?<proto>tcp|udp) port (?<ip>\S{0,60}):(?<port>\d{1,5})/,
  /exposing port (?<proto>TCP|UDP) (?<ip>\S{1,60}):(?<port>\d{1,5}) ->/,
  /listen (?<proto>tcp|udp|sctp)(?<family>[46])? (?<ip>\S{0,60}):(?<port>\d{1,5}): bind/,
  /failed to listen on (?<ip>\S{1,60}):(?<port>\d{1,5}): /,
  /failed to listen on (?<proto>tcp|udp|sctp) socket/i,
  /Failed to bind port (?<port>\d{1,5}) /,
  /Port\(s\) already bound: (?<port>\d{1,5})/,
  /cannot expose privileged port (?<port>\d{1,5})/,
  /port '(?<port>\d{1,5})' is already in use by service/,
  /(?:listen|bind) EADDRINUSE:?(?: address already in use)? (?<ip>\S{0,60}):(?<port>\d{1,5})/,
  /bind\(\) to (?<ip>\S{0,60}):(?<port>\d{1,5}) failed/,
  /on address \('(?<ip>[^']{0,60})', (?<port>\d{1,5})\)/,
];

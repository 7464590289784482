import type { PortErrorCode } from '../model/findings/port-error.ts';

/** A sign of an error about ports, to be found everywhere in a line. Group `detail`: what it complains about. */
export interface ErrorPattern {
  readonly code: PortErrorCode;
  readonly sign: RegExp;
}

const inUse = /address already in use|Only one usage of each socket address/i.source;

/**
 * How engines say it: moby 20.10 to 29 (its table, the proxy, RootlessKit), Docker Desktop, podman 3 to 6, nerdctl, and
 * the command lines around them (ports.md §6). Only the end of a message is the same in all versions, so only that
 * is matched. Every rule is linear: texts are long and come from anybody.
 */
export const patterns: readonly ErrorPattern[] = [
  {
    code: 'taken-by-service',
    sign: /port '\d+' is already in use by service/g,
  },
  { code: 'taken-by-container', sign: /port is already allocated/gi },
  { code: 'pool-exhausted', sign: /all ports (?:in range \S{1,80} )?are(?: already)? allocated/gi },
  {
    code: 'privileged-port',
    sign: /cannot expose privileged port \d+(?:.{0,500}permission denied)?/g,
  },
  {
    code: 'privileged-port',
    sign: /bind: permission denied|\/(?:tcp|udp|sctp): permission denied|Port\(s\) already bound: \d+: Permission denied|Failed to bind port \d+ \(Permission denied\)/g,
  },
  {
    code: 'address-not-local',
    sign: /(?<!connect: )(?:cannot|can't) assign requested address|requested address is not valid in its context/gi,
  },
  { code: 'excluded-range', sign: /forbidden by its access permissions/g },
  {
    code: 'taken-for-program',
    sign: new RegExp(
      [
        /(?:listen|bind) EADDRINUSE(?:: address already in use)?/.source,
        /\[Errno (?:98|48|10048)\].{0,200}already in use/.source,
        /bind\(\) to \S{1,80} failed \(\d+: Address already in use\)/.source,
        // A line of a container's log, as Compose shows it.
        String.raw`^\s*[\w.-]{1,100}\s{0,40}\| .{0,1000}(?:${inUse})`,
      ].join('|'),
      'gi',
    ),
  },
  {
    code: 'taken-on-host',
    sign: new RegExp(
      `${inUse}|proxy already running|slirp_add_hostfwd failed|conflict with ID \\d+`,
      'gi',
    ),
  },
  {
    code: 'network-mode',
    sign: /conflicting options: port (?:publishing|exposing) and the container type network mode|network_mode is incompatible with port_bindings/g,
  },
  { code: 'bad-range', sign: /invalid port range: (?<detail>\d{1,10}-\d{1,10})/g },
  {
    code: 'bad-protocol',
    sign: /invalid transport protocol: \d+|\): unknown protocol|(?:proxy|listen on \S{1,80}): protocol not supported|protocol (?<detail>\w{1,20}) is not allowed for exposed ports/g,
  },
  {
    code: 'bad-protocol',
    sign: /unrecognized protocol \\?"(?<detail>[^"\\]{0,60})\\?" in port mapping/g,
  },
  {
    code: 'bad-publish',
    sign: /(?:invalid port specification|make cli opts\(\): strconv\.Atoi: parsing):? \\?"(?<detail>[^"\\]{0,100})/g,
  },
  {
    code: 'bad-publish',
    sign: /(?:(?:^|docker: |flag: |ports\S{0,40} )invalid (?:proto|ip address)|invalid (?:hostPort|containerPort)): (?<detail>\S{0,100})|invalid port format - |no port specified: /gi,
  },
  {
    code: 'bad-publish',
    sign: /invalid ranges specified for container and host ports: (?<detail>\S{1,40} and \S{1,40})/gi,
  },
  {
    code: 'bad-publish',
    sign: /host and container port ranges have different lengths: (?<detail>\d{1,6} vs \d{1,6})|must provide a non-empty container host IP to publish|automatic port allocation is not implemented for rootless mode/g,
  },
  {
    code: 'bad-publish',
    sign: /port numbers must be between 1 and 65535 \(inclusive\), got (?<detail>\S{1,40})/g,
  },
  { code: 'start-refused', sign: /unable to upgrade to tcp, received 409/g },
];

/** Signs that count only where the same line has no other: they also stand before messages that say more. */
export const vaguePatterns: readonly ErrorPattern[] = [
  {
    code: 'proxy-failed',
    sign: /error starting userland proxy:|failed to start userland proxy for port mapping|timed out starting the userland proxy|exec: \\?"docker-proxy\\?"/gi,
  },
  {
    code: 'forwarder-failed',
    sign: /\/forwards\/expose(?:\/port)? returned unexpected status|unable to list exposed ports|ports? are not available/gi,
  },
];

/**
 * Where messages say which port: the first form that fits. Groups: `ip`, `family` (of an address that is left out),
 * `port`, `first` and `last` of a pool, `proto`.
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

/** What a refused start is about, as far as ports go. */
export type StartFault =
  /** Another holder has the port; which one, when the message tells. */
  | { readonly kind: 'taken'; readonly port?: number | undefined }
  | { readonly kind: 'pool-exhausted' }
  | { readonly kind: 'not-local' }
  | { readonly kind: 'privileged' }
  | { readonly kind: 'other' };

interface FaultRule {
  readonly kind: Exclude<StartFault['kind'], 'other'>;
  readonly message: RegExp;
}

/**
 * The tails of what engines say when a port cannot be had: moby 20.10 to 29 (allocator, proxy, RootlessKit), Docker
 * Desktop, podman 3 to 6 and nerdctl. A number in a message is the host port only in the forms of `portForms`.
 */
const rules: readonly FaultRule[] = [
  { kind: 'privileged', message: /cannot expose privileged port|bind: permission denied/i },
  {
    kind: 'not-local',
    message: /can(no|')t assign requested address|requested address is not valid/i,
  },
  { kind: 'pool-exhausted', message: /all ports (in range \S+ )?are(?: already)? allocated/i },
  {
    kind: 'taken',
    message:
      /port is already allocated|address already in use|Only one usage of each socket address|forbidden by its access permissions|Ports? are not available|add_hostfwd|proxy already running/i,
  },
];

const portForms: readonly RegExp[] = [
  /Bind for .*:(\d+) failed: port is already allocated/i,
  /failed to bind host port for \S+?:(\d+):/,
  /failed to bind host port (\d+) for /,
  /failed to bind (?:host )?port \S+:(\d+)\/\w+/,
  /cannot bind (?:tcp|udp) port .*:(\d+): address already in use/,
  /exposing port (?:TCP|UDP) \S+:(\d+) ->/,
  /listen (?:tcp|udp)[46]? \S*:(\d+): bind: address already in use/,
  /Failed to bind port (\d+) /,
];

/** Reads the engine's refusal of a start. */
export function readStartFault(message: string): StartFault {
  const rule = rules.find((candidate) => candidate.message.test(message));
  if (rule === undefined) return { kind: 'other' };
  if (rule.kind !== 'taken') return { kind: rule.kind };
  const port = portForms.map((form) => form.exec(message)?.[1]).find((text) => text !== undefined);
  return { kind: 'taken', port: port === undefined ? undefined : Number(port) };
}

/**
 * The exit code of docker for a container whose program could not be run: 127 when there is none, 126 when it may not
 * be run (docker/cli: cli/command/container/run.go, toStatusError).
 */
export function programFaultCode(message: string): 126 | 127 | undefined {
  if (
    /executable file not found|no such file or directory|system cannot find the file specified/i.test(
      message,
    )
  )
    return 127;
  return /permission denied|is a directory/i.test(message) &&
    !/bind: permission denied|privileged port/i.test(message)
    ? 126
    : undefined;
}

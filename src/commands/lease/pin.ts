import { type ComposeProject, publishesOf } from '../../compose/project.ts';
import { unknownService } from '../../compose/services/unknown-service.ts';
import { PortplanError } from '../../errors.ts';
import type { Lease, LeaseKey } from '../../leases/lease.ts';
import { type LeaseOwner, leaseKeysOf } from '../../leases/lease-keys.ts';
import { anyAddress } from '../../model/ports/address.ts';
import { parsePublish } from '../../model/ports/parse-publish.ts';
import { isPort, type Port, type Protocol } from '../../model/ports/port.ts';
import { kindOf, type Publish } from '../../model/ports/publish.ts';
import { projectOwner } from '../../workflows/plans/plan-with-leases.ts';

/** The arguments of `lease pin`, and their project. */
export interface Pin {
  /** Empty for publishes outside a Compose project. */
  readonly service: string;
  /** A host port, or a publish with one. */
  readonly text: string;
  readonly project: ComposeProject | undefined;
  /** The owner of publishes outside a Compose project. */
  readonly owner: LeaseOwner;
}

/**
 * Returns the lease key for a service and a port or publish, and the port to pin. The key is that of a publish in the
 * project's files, else that of an existing lease, else a new one.
 * @throws PortplanError `invalid-usage`, `invalid-publish`
 */
export function findPinned(
  own: readonly Lease[],
  { service, text, project, owner }: Pin,
): { readonly key: LeaseKey; readonly port: Port } {
  // A planned image has leases under its own name as the service.
  const remembered = own.filter((lease) => lease.service === service);
  const inFile = service === '' ? undefined : project && keysOfService(project, service);
  if (inFile === undefined && project !== undefined && service !== '' && remembered.length === 0)
    throw unknownService(service, project.services);
  const keys = inFile ?? remembered;
  const [, digits, protocol] = /^(\d+)(?:\/(tcp|udp|sctp))?$/.exec(text) ?? [];
  if (digits !== undefined) return keyOfPort(keys, Number(digits), protocol, service);
  const { port, ...requested } = toFixed(text);
  const known = keys.find(
    (key) =>
      key.target === requested.target &&
      key.protocol === requested.protocol &&
      (requested.hostIp === '' || key.address === requested.address),
  );
  if (known === undefined && inFile !== undefined) throw notPublished(text, service, inFile);
  const { target, address } = requested;
  const fresh = { ...owner, service, target, address, entry: 1, replica: 1 };
  return { key: known ?? { ...fresh, protocol: requested.protocol }, port };
}

/** Returns the keys of a service's publishes; `undefined` if the project has no such service. */
function keysOfService(project: ComposeProject, name: string): readonly LeaseKey[] | undefined {
  const service = project.services.find((one) => one.name === name);
  return service && leaseKeysOf(publishesOf(service), projectOwner(project));
}

function keyOfPort(
  keys: readonly LeaseKey[],
  port: number,
  protocol: string | undefined,
  service: string,
): { readonly key: LeaseKey; readonly port: Port } {
  const [first, ...others] = keys.filter(
    (key) => protocol === undefined || key.protocol === protocol,
  );
  if (!isPort(port)) {
    throw new PortplanError('invalid-usage', `invalid port ${port}`, {
      hint: 'expected a number from 1 to 65535',
    });
  }
  if (first !== undefined && others.length === 0) return { key: first, port };
  const targets = [first, ...others].flatMap((key) => key?.target ?? []);
  const known = targets.length === 0 ? 'no lease' : `several (${targets.join(', ')})`;
  const args = ['portplan lease pin', service, `${port}:${targets[0] ?? 80}`].filter(Boolean);
  throw new PortplanError(
    'invalid-usage',
    `${service || 'this project'} has ${known}: which container port?`,
    { hint: `specify it: ${args.join(' ')}` },
  );
}

function toFixed(text: string): Publish & { readonly port: Port; readonly protocol: Protocol } {
  const [publish, ...others] = parsePublish(text);
  if (publish?.hostPorts !== undefined && others.length === 0 && kindOf(publish) === 'fixed')
    return { ...publish, port: publish.hostPorts.first };
  throw new PortplanError('invalid-usage', `invalid port to pin "${text}"`, {
    hint: 'expected a port (8080), or a publish with one (8080:80)',
  });
}

function notPublished(text: string, service: string, keys: readonly LeaseKey[]): PortplanError {
  const ports = keys.map(({ address, target, protocol }) => {
    const port = `${target}/${protocol}`;
    return address === anyAddress ? port : `${port} on ${address}`;
  });
  return new PortplanError('invalid-usage', `"${service}" does not publish "${text}"`, {
    hint: keys.length === 0 ? 'it publishes no ports' : `it publishes ${ports.join(', ')}`,
  });
}

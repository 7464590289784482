import { type Binding, type Endpoint, formatEndpoint } from '../host/binding.ts';
import { formatAddressPort } from '../ports/address.ts';
import { formatRange } from '../ports/port.ts';
import { formatPublish, type Publish } from '../ports/publish.ts';
import type { Conflict } from './conflict.ts';
import { shortName } from './describe-holder.ts';

/** Returns the finding as one clause, lower case and without a full stop: what was requested and what prevents it. */
export function describeConflict(conflict: Conflict): string {
  const maybe = conflict.certainty === 'possible' ? 'may be ' : '';
  switch (conflict.code) {
    case 'port-in-use':
      return `${endpointText(conflict.publish, conflict.endpoint)} ${maybe || 'is '}held by ${shortName(conflict.binding)}`;
    case 'port-claimed':
      return `${endpointText(conflict.publish, conflict.endpoint)} is free now, but ${shortName(conflict.binding)} will claim it`;
    case 'pool-exhausted':
      return poolText(conflict);
    case 'published-twice':
      return twiceText(conflict);
    case 'replicas-share-port':
      return `${conflict.replicas} containers of service ${serviceOf(conflict.publish)} request the single port ${wantedText(conflict.publish)}`;
    case 'ports-ignored':
      return `${formatPublish(conflict.publish)} is not published: ${conflict.why}`;
    case 'exposed':
      return `${wantedText(conflict.publish)} is open on every address of the host`;
    case 'project-name-in-use':
      return `a project named ${conflict.project} is running from another directory: ${shortName(conflict.binding)}`;
    case 'unset-variable':
    case 'base-60':
    case 'version-difference':
    case 'several-files':
    case 'compose-refuses':
    case 'not-startable':
    case 'remote-resource':
      return conflict.message;
    case 'address-not-local':
      return `${conflict.endpoint.address} is not an address of this host`;
    case 'privileged-port':
      return `${formatEndpoint(conflict.endpoint)} is below ${conflict.firstPort}, and the engine runs without root`;
    case 'engine-refuses':
      return `the engine rejects ${formatPublish(conflict.publish)}: ${conflict.why}`;
    case 'not-published':
      return `${shortName(conflict.binding)} is running, but none of its ports are published`;
    case 'shadowed-port':
      return shadowedText(conflict.binding, conflict.other);
    case 'restart-conflict':
      return `${shortName(conflict.binding)} and ${shortName(conflict.other)} will both claim ${formatEndpoint(conflict.binding)} when the engine restarts`;
    default:
      return conflict satisfies never;
  }
}

function shadowedText(one: Binding, other: Binding): string {
  const place = ({ address, port }: Binding) => formatAddressPort(address, port);
  return `two programs answer on localhost:${one.port}: ${shortName(one)} on ${place(one)}, ${shortName(other)} on ${place(other)}`;
}

/** Returns the endpoint as it was requested, not only the address family of it that is held. */
function endpointText({ address, protocol }: Publish, { port }: Endpoint): string {
  return address === '*'
    ? `${port}/${protocol}`
    : `${formatAddressPort(address, port)}/${protocol}`;
}

function poolText({ publish, certainty, replicas, searched, bindings }: PoolExhausted): string {
  if (searched !== undefined) return `no free port in ${formatRange(searched)}/${publish.protocol}`;
  const range =
    publish.hostPorts === undefined ? 'the search range' : formatRange(publish.hostPorts);
  if (replicas !== undefined) {
    return `${replicas} containers of service ${serviceOf(publish)} need one port each, and ${range} has fewer${bindings.length > 0 ? ' free ports' : ''}`;
  }
  if (certainty === 'possible')
    return `some ports of ${range} are held, and this engine fails if it tries one of them first`;
  return `all ports of ${range}/${publish.protocol} are taken`;
}

type PoolExhausted = Extract<Conflict, { readonly code: 'pool-exhausted' }>;

function twiceText({ publish, other, profiles = [], certainty }: PublishedTwice): string {
  const [one, two] = [whose(publish), whose(other)];
  const first = one === two ? formatPublish(other) : `${formatPublish(other)}${two}`;
  const ask =
    certainty === 'possible' && profiles.length === 0
      ? 'may get the same host port'
      : 'publish the same host port';
  return `${first} and ${formatPublish(publish)}${one} ${ask}${whenActive(profiles)}`;
}

type PublishedTwice = Extract<Conflict, { readonly code: 'published-twice' }>;

function whenActive(profiles: readonly string[]): string {
  if (profiles.length === 0) return '';
  const names = [...profiles].sort().join(' and ');
  return profiles.length === 1
    ? ` when profile ${names} is active`
    : ` when profiles ${names} are active`;
}

function whose({ origin }: Publish): string {
  return origin.kind === 'compose' ? ` of service ${origin.service}` : '';
}

function serviceOf({ origin }: Publish): string {
  return origin.kind === 'compose' ? origin.service : '';
}

/** Returns the requested host ports as text: `8080/tcp`, `127.0.0.1:8080/tcp`, `8000-8010/tcp`, `nginx:1.25 80/tcp`. */
export function wantedText({ address, hostPorts, target, protocol, origin }: Publish): string {
  if (hostPorts === undefined) {
    const what = `${target}/${protocol}`;
    if (origin.kind === 'image') return `${origin.image} ${what}`;
    return address === '*' ? `any port for ${what}` : `any port of ${address} for ${what}`;
  }
  const ports = formatRange(hostPorts);
  return `${address === '*' ? ports : formatAddressPort(address, ports)}/${protocol}`;
}

import { isIP, isIPv4, isIPv6 } from 'node:net';
import type { EndpointSettings, IpamConfig } from '../create-body.ts';
import { flagConflict, invalidFlag } from '../flag-error.ts';
import type { FlagName } from '../flag-table.ts';
import type { FlagValues } from '../flag-values.ts';
import { parseCsv } from './csv.ts';
import { splitKeyValue } from './key-value.ts';

/** The networks of a container. */
export interface Networks {
  /** `default`, `bridge`, `host`, `none`, `container:NAME`, or the name of the first network. */
  readonly mode: string;
  /** By network; empty where the mode says all. */
  readonly endpoints: Readonly<Record<string, EndpointSettings>>;
}

/**
 * Reads `--network` and the flags that describe the first network: `--network-alias`, `--link`, `--ip`, `--ip6`,
 * `--link-local-ip` and `--mac-address` (docker/cli: opts.go, parseNetworkOpts).
 * @throws PortplanError `invalid-usage`
 */
export function toNetworks(flags: FlagValues): Networks {
  const given = flags.list('network').map(parseNetwork);
  const [first = { name: 'default' }, ...others] = given;
  const attachments = [withFlags(first, flags), ...others];
  checkNames(attachments.map(({ name }) => name));
  attachments.forEach(checkUserDefined);
  const endpoints = attachments.map((one) => [one.name, toEndpoint(one)] as const);
  const needed = endpoints.filter(([, settings]) => others.length > 0 || !isEmpty(settings));
  return { mode: first.name, endpoints: Object.fromEntries(needed) };
}

/** Whether the user made the network, and did not name one of the engine's modes. */
export function isUserDefined(network: string): boolean {
  return (
    !['default', 'bridge', 'host', 'none'].includes(network) && !network.startsWith('container:')
  );
}

/** One network that the container is attached to, and how. */
interface Attachment {
  readonly name: string;
  readonly aliases?: readonly string[] | undefined;
  readonly links?: readonly string[] | undefined;
  readonly ipv4?: string | undefined;
  readonly ipv6?: string | undefined;
  readonly linkLocalIps?: readonly string[] | undefined;
  readonly mac?: string | undefined;
  readonly driverOptions?: Readonly<Record<string, string>> | undefined;
  readonly gatewayPriority?: number | undefined;
}

const form =
  'expected a network, host, none, container:NAME, or name=NETWORK,alias=NAME,ip=ADDRESS';

function parseNetwork(text: string): Attachment {
  // A name has no "="; docker tells the two forms apart in the same way.
  if (!/\w=\w/.test(text)) return checkedName(text, { name: text });
  const fields = parseCsv(text);
  if (fields === undefined) throw invalidFlag('network', text, 'its quotes do not match', form);
  const attachment = fields.reduce((one, field) => addField(text, one, field), {
    name: '',
  } as Attachment);
  return checkedName(text, attachment);
}

function checkedName(text: string, attachment: Attachment): Attachment {
  if (attachment.name.trim() !== '') return attachment;
  throw invalidFlag('network', text, 'it names no network', form);
}

function addField(text: string, one: Attachment, field: string): Attachment {
  const [key, value] = splitKeyValue(field).map((part) => part?.trim());
  if (value === undefined) throw invalidFlag('network', text, `"${field}" is not KEY=VALUE`, form);
  switch (key) {
    case 'name':
      return { ...one, name: value };
    case 'alias':
      return { ...one, aliases: [...(one.aliases ?? []), value] };
    case 'ip':
      return { ...one, ipv4: toIp('network', value, isIPv4) };
    case 'ip6':
      return { ...one, ipv6: toIp('network', value, isIPv6) };
    case 'link-local-ip':
      return {
        ...one,
        linkLocalIps: [...(one.linkLocalIps ?? []), toIp('network', value, isAnyIp)],
      };
    case 'mac-address':
      return { ...one, mac: toMac('network', value) };
    case 'driver-opt':
      return { ...one, driverOptions: { ...one.driverOptions, ...toDriverOption(text, value) } };
    case 'gw-priority':
      return { ...one, gatewayPriority: toPriority(text, value) };
    default:
      throw invalidFlag('network', text, `it has an unknown key "${key}"`, form);
  }
}

function toDriverOption(text: string, option: string): Readonly<Record<string, string>> {
  const [key, value] = splitKeyValue(option).map((part) => part?.trim());
  if (key !== undefined && key !== '' && value !== undefined) return { [key]: value };
  throw invalidFlag('network', text, `driver-opt "${option}" is not KEY=VALUE`);
}

function toPriority(text: string, value: string): number {
  if (/^-?\d{1,9}$/.test(value)) return Number(value);
  throw invalidFlag('network', text, `gw-priority "${value}" is not a whole number`);
}

function withFlags(first: Attachment, flags: FlagValues): Attachment {
  const [ipv4, ipv6, mac] = [flags.text('ip'), flags.text('ip6'), flags.text('mac-address')];
  const links = flags.list('link').map(checkLink);
  return {
    ...first,
    aliases: onceGiven('network-alias', first.aliases, orNothing(flags.list('network-alias'))),
    // On the default bridge a link is no alias, but a rule and lines in /etc/hosts: HostConfig.Links.
    links: isUserDefined(first.name) ? orNothing(links) : undefined,
    ipv4: onceGiven('ip', first.ipv4, ipv4 && toIp('ip', ipv4, isIPv4)),
    ipv6: onceGiven('ip6', first.ipv6, ipv6 && toIp('ip6', ipv6, isIPv6)),
    linkLocalIps: onceGiven(
      'link-local-ip',
      first.linkLocalIps,
      orNothing(flags.list('link-local-ip').map((ip) => toIp('link-local-ip', ip, isAnyIp))),
    ),
    mac: onceGiven('mac-address', first.mac, mac && toMac('mac-address', mac)),
  };
}

/** A link is `CONTAINER` or `CONTAINER:ALIAS`. */
function checkLink(text: string): string {
  if (/^[^:]+(:[^:]+)?$/.test(text)) return text;
  throw invalidFlag('link', text, 'not a link', 'expected CONTAINER or CONTAINER:ALIAS');
}

function onceGiven<Value>(
  flag: FlagName,
  inNetwork: Value | undefined,
  inFlag: Value | '' | undefined,
) {
  if (inFlag === undefined || inFlag === '') return inNetwork;
  if (inNetwork === undefined) return inFlag;
  throw flagConflict(`--${flag} is given by itself and inside --network`, 'give it once');
}

function orNothing<Item>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length === 0 ? undefined : list;
}

function toIp(flag: FlagName, text: string, isRight: (text: string) => boolean): string {
  if (isRight(text)) return text;
  const family = isRight === isIPv4 ? 'IPv4' : isRight === isIPv6 ? 'IPv6' : 'IP';
  throw invalidFlag(flag, text, `not an ${family} address`);
}

function isAnyIp(text: string): boolean {
  return isIP(text) !== 0;
}

// net.ParseMAC: EUI-48, in one of three notations.
const macForms =
  /^(?:[\da-f]{2}(?::[\da-f]{2}){5}|[\da-f]{2}(?:-[\da-f]{2}){5}|[\da-f]{4}(?:\.[\da-f]{4}){2})$/i;

function toMac(flag: FlagName, text: string): string {
  const mac = text.trim();
  if (macForms.test(mac)) return mac;
  throw invalidFlag(flag, text, 'not a MAC address', 'expected a form such as 92:d0:c6:0a:29:33');
}

function checkNames(names: readonly string[]) {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw flagConflict(`--network names "${twice}" twice`);
  const modes = names.filter((name) => !isUserDefined(name));
  if (modes.length > 0 && names.length > modes.length) {
    throw flagConflict(
      `--network ${modes[0]} does not go with a network of your own`,
      'name networks that "docker network create" made, or one of the modes',
    );
  }
}

function checkUserDefined({ name, aliases }: Attachment) {
  if (aliases === undefined || isUserDefined(name)) return;
  throw flagConflict(
    `--network-alias needs a network of your own, and this is "${name}"`,
    'docker network create NAME, then --network NAME',
  );
}

function toEndpoint(one: Attachment): EndpointSettings {
  const ipam: IpamConfig = {
    IPv4Address: one.ipv4,
    IPv6Address: one.ipv6,
    LinkLocalIPs: one.linkLocalIps,
  };
  return {
    IPAMConfig: isEmpty(ipam) ? undefined : ipam,
    Aliases: one.aliases,
    Links: one.links,
    DriverOpts: one.driverOptions,
    MacAddress: one.mac,
    GwPriority: one.gatewayPriority,
  };
}

function isEmpty(settings: object): boolean {
  return Object.values(settings).every((value) => value === undefined);
}

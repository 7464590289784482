import { isIP, isIPv4, isIPv6 } from 'node:net';
import type { EndpointSettings, IpamConfig } from '../create-body.ts';
import { flagConflict, invalidFlag } from '../flag-error.ts';
import type { FlagName } from '../flag-table.ts';
import type { FlagValues } from '../flag-values.ts';
import { parseCsv } from './csv.ts';
import { splitKeyValue } from './key-value.ts';

/** Networks of a container. */
export interface Networks {
  /** `default`, `bridge`, `host`, `none`, `container:NAME`, or the name of the first network. */
  readonly mode: string;
  /** By network name; empty when the mode alone describes the network. */
  readonly endpoints: Readonly<Record<string, EndpointSettings>>;
}

/**
 * Parses `--network` and the flags that describe the first network: `--network-alias`, `--link`, `--ip`, `--ip6`,
 * `--link-local-ip` and `--mac-address` (docker/cli: opts.go, parseNetworkOpts).
 * @throws PortplanError `invalid-usage`
 */
export function toNetworks(flags: FlagValues): Networks {
  const [first = { name: 'default' }, ...others] = flags.list('network').map(parseNetwork);
  const attachments = [withFlags(first, flags), ...others];
  checkNames(attachments.map(({ name }) => name));
  attachments.forEach(checkUserDefined);
  const endpoints = attachments.map(
    (attachment) => [attachment.name, toEndpointSettings(attachment)] as const,
  );
  const required = endpoints.filter(([, settings]) => others.length > 0 || !isEmpty(settings));
  return { mode: first.name, endpoints: Object.fromEntries(required) };
}

/** Whether the network is user-defined, not one of the engine's modes. */
export function isUserDefined(network: string): boolean {
  return (
    !['default', 'bridge', 'host', 'none'].includes(network) && !network.startsWith('container:')
  );
}

/** Attachment of the container to one network. */
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

const unnamedAttachment: Attachment = { name: '' };

function parseNetwork(text: string): Attachment {
  // Network names contain no "="; docker distinguishes the two forms in the same way.
  if (!/\w=\w/.test(text)) return checkedName(text, { name: text });
  const fields = parseCsv(text);
  if (fields === undefined) throw invalidFlag('network', text, 'the quotes do not match', form);
  return checkedName(
    text,
    fields.reduce((attachment, field) => addField(text, attachment, field), unnamedAttachment),
  );
}

function checkedName(text: string, attachment: Attachment): Attachment {
  if (attachment.name.trim() !== '') return attachment;
  throw invalidFlag('network', text, 'the network name is missing', form);
}

function addField(text: string, attachment: Attachment, field: string): Attachment {
  const [key, value] = splitKeyValue(field).map((part) => part?.trim());
  if (value === undefined)
    throw invalidFlag('network', text, `expected KEY=VALUE, got "${field}"`, form);
  switch (key) {
    case 'name':
      return { ...attachment, name: value };
    case 'alias':
      return { ...attachment, aliases: [...(attachment.aliases ?? []), value] };
    case 'ip':
      return { ...attachment, ipv4: toIp('network', value, isIPv4) };
    case 'ip6':
      return { ...attachment, ipv6: toIp('network', value, isIPv6) };
    case 'link-local-ip':
      return {
        ...attachment,
        linkLocalIps: [...(attachment.linkLocalIps ?? []), toIp('network', value, isAnyIp)],
      };
    case 'mac-address':
      return { ...attachment, mac: toMac('network', value) };
    case 'driver-opt':
      return {
        ...attachment,
        driverOptions: { ...attachment.driverOptions, ...toDriverOption(text, value) },
      };
    case 'gw-priority':
      return { ...attachment, gatewayPriority: toPriority(text, value) };
    default:
      throw invalidFlag('network', text, `unknown key "${key}"`, form);
  }
}

function toDriverOption(text: string, option: string): Readonly<Record<string, string>> {
  const [key, value] = splitKeyValue(option).map((part) => part?.trim());
  if (key !== undefined && key !== '' && value !== undefined) return { [key]: value };
  throw invalidFlag('network', text, `invalid driver-opt "${option}": expected KEY=VALUE`);
}

function toPriority(text: string, value: string): number {
  if (/^-?\d{1,9}$/.test(value)) return Number(value);
  throw invalidFlag('network', text, `invalid gw-priority "${value}": expected an integer`);
}

function withFlags(first: Attachment, flags: FlagValues): Attachment {
  const [ipv4, ipv6, mac] = [flags.text('ip'), flags.text('ip6'), flags.text('mac-address')];
  const links = flags.list('link').map(checkLink);
  return {
    ...first,
    aliases: requireOneSource(
      'network-alias',
      first.aliases,
      undefinedIfEmpty(flags.list('network-alias')),
    ),
    // On the default bridge a link is not an alias but a rule and lines in /etc/hosts: HostConfig.Links.
    links: isUserDefined(first.name) ? undefinedIfEmpty(links) : undefined,
    ipv4: requireOneSource('ip', first.ipv4, ipv4 && toIp('ip', ipv4, isIPv4)),
    ipv6: requireOneSource('ip6', first.ipv6, ipv6 && toIp('ip6', ipv6, isIPv6)),
    linkLocalIps: requireOneSource(
      'link-local-ip',
      first.linkLocalIps,
      undefinedIfEmpty(flags.list('link-local-ip').map((ip) => toIp('link-local-ip', ip, isAnyIp))),
    ),
    mac: requireOneSource('mac-address', first.mac, mac && toMac('mac-address', mac)),
  };
}

/** Returns a link of the form `CONTAINER` or `CONTAINER:ALIAS`. @throws PortplanError `invalid-usage` */
function checkLink(text: string): string {
  if (/^[^:]+(:[^:]+)?$/.test(text)) return text;
  throw invalidFlag('link', text, 'not a link', 'expected CONTAINER or CONTAINER:ALIAS');
}

/** @throws PortplanError `invalid-usage` when a setting occurs inside `--network` and as its own flag */
function requireOneSource<Value>(
  flag: FlagName,
  inNetwork: Value | undefined,
  inFlag: Value | '' | undefined,
) {
  if (inFlag === undefined || inFlag === '') return inNetwork;
  if (inNetwork === undefined) return inFlag;
  throw flagConflict(
    `--${flag} is set twice: as a flag and inside --network`,
    'remove one of them',
  );
}

function undefinedIfEmpty<Item>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length === 0 ? undefined : list;
}

function toIp(flag: FlagName, text: string, isValid: (text: string) => boolean): string {
  if (isValid(text)) return text;
  const family = isValid === isIPv4 ? 'IPv4' : isValid === isIPv6 ? 'IPv6' : 'IP';
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
  const duplicate = names.find((name, index) => names.indexOf(name) !== index);
  if (duplicate !== undefined) throw flagConflict(`duplicate --network "${duplicate}"`);
  const modes = names.filter((name) => !isUserDefined(name));
  if (modes.length > 0 && names.length > modes.length) {
    throw flagConflict(
      `--network ${modes[0]} cannot be combined with a user-defined network`,
      'use networks from docker network create, or one mode',
    );
  }
}

function checkUserDefined({ name, aliases }: Attachment) {
  if (aliases === undefined || isUserDefined(name)) return;
  throw flagConflict(
    `--network-alias requires a user-defined network, got "${name}"`,
    'docker network create NAME, then pass --network NAME',
  );
}

function toEndpointSettings(attachment: Attachment): EndpointSettings {
  const ipam: IpamConfig = {
    IPv4Address: attachment.ipv4,
    IPv6Address: attachment.ipv6,
    LinkLocalIPs: attachment.linkLocalIps,
  };
  return {
    IPAMConfig: isEmpty(ipam) ? undefined : ipam,
    Aliases: attachment.aliases,
    Links: attachment.links,
    DriverOpts: attachment.driverOptions,
    MacAddress: attachment.mac,
    GwPriority: attachment.gatewayPriority,
  };
}

function isEmpty(settings: object): boolean {
  return Object.values(settings).every((value) => value === undefined);
}

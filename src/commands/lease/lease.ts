import { lstatSync } from 'node:fs';
import { atLocation, PortplanError, systemCodeOf } from '../../errors.ts';
import {
  createKeySet,
  type Lease,
  leasesOverlap,
  toBindings,
  withLease,
} from '../../leases/lease.ts';
import { findStale } from '../../leases/stale.ts';
import { type LeaseStore, openLeaseStore } from '../../leases/store.ts';
import { summarizeHolder } from '../../model/findings/describe-holder.ts';
import type { LeaseEntry, LeaseReport } from '../../model/findings/report.ts';
import { remedyFor } from '../../planner/remedy.ts';
import { leaseOwnerOf } from '../../workflows/plans/plan-with-leases.ts';
import { findPinned } from './pin.ts';
import { findLeaseProject, type LeaseProject, type LeaseProjectFlags } from './project.ts';

export interface LeaseOptions extends LeaseProjectFlags {
  /** `ls`, `pin SERVICE PORT`, `release SERVICE|PORT…` or `gc`, and its arguments. */
  readonly words: readonly string[];
  /** `ls`: list the leases of all projects. */
  readonly all?: boolean | undefined;
  /** `gc`: release the stale leases instead of listing them. */
  readonly yes?: boolean | undefined;
}

type Action = (
  store: LeaseStore,
  args: readonly string[],
  options: LeaseOptions,
) => Promise<Pick<LeaseReport, 'done' | 'leases' | 'notes'>>;

const actions: Readonly<Record<LeaseReport['action'], Action>> = {
  ls: listLeases,
  pin: pinLease,
  release: releaseLeases,
  gc: collectStale,
};

/**
 * Lists, pins or releases leases.
 * @throws PortplanError `invalid-usage`, `invalid-publish`, `leases-unavailable`
 */
export async function lease(options: LeaseOptions): Promise<LeaseReport> {
  const [action = 'ls', ...args] = options.words;
  if (!isAction(action)) {
    throw new PortplanError('invalid-usage', `unknown lease action "${action}"`, {
      hint: 'portplan lease ls, pin SERVICE PORT, release SERVICE|PORT, or gc',
    });
  }
  const store = openLeaseStore({ env: options.env });
  const result = await actions[action](store, args, options);
  return { command: 'lease', action, ...result, sources: [] };
}

function isAction(word: string): word is LeaseReport['action'] {
  return Object.hasOwn(actions, word);
}

async function listLeases(store: LeaseStore, args: readonly string[], options: LeaseOptions) {
  rejectArgs('ls', args);
  const { leases, notes } = await store.read();
  if (options.all) return { done: true, leases: sortLeases(leases), notes };
  const found = findLeaseProject(options);
  const own = leases.filter(ownedBy(found, options));
  const others = leases.length - own.length;
  const hint = own.length === 0 && others > 0 ? [`${others} of other projects: --all`] : [];
  return {
    done: true,
    leases: sortLeases(own),
    notes: [...notes, ...projectErrorNotes(found), ...hint],
  };
}

async function pinLease(store: LeaseStore, args: readonly string[], options: LeaseOptions) {
  // Publishes outside a Compose project have no service.
  const [service = '', text, ...rest] = args.length === 1 ? ['', ...args] : args;
  if (text === undefined || rest.length > 0) {
    throw new PortplanError('invalid-usage', 'lease pin expects a service and a port', {
      hint: 'portplan lease pin web 8080, or portplan lease pin web 8080:80',
    });
  }
  const found = findLeaseProject(options);
  if (service !== '' && found.error !== undefined) throw found.error;
  let pinned: readonly Lease[] = [];
  const { notes } = await store.update((before) => {
    const grant = findPinned(before.filter(ownedBy(found, options)), {
      ...{ service, text, project: found.project },
      owner: leaseOwnerOf(options),
    });
    const isOwn = createKeySet([grant.key]);
    const after = withLease(before, { ...grant, pinned: true }, new Date());
    pinned = after.filter(isOwn);
    const blocking = after.find(
      (other) => !isOwn(other) && pinned.some((own) => leasesOverlap(own, other)),
    );
    if (blocking !== undefined) throw takenBy(blocking);
    return after;
  });
  return { done: true, leases: pinned, notes };
}

async function releaseLeases(store: LeaseStore, args: readonly string[], options: LeaseOptions) {
  if (args.length === 0 && !options.projectDirectory && !options.projectName) {
    throw new PortplanError('invalid-usage', 'lease release expects services or ports', {
      hint: 'portplan lease release web 8080; all ports of this project: portplan lease release --project-directory .',
    });
  }
  const found = findLeaseProject(options);
  const isOwn = ownedBy(found, options);
  const matchers = args.map(toMatcher);
  let released: readonly Lease[] = [];
  const { notes } = await store.update((leases) => {
    released = leases.filter(
      (lease) =>
        isOwn(lease) && (matchers.length === 0 || matchers.some((matches) => matches(lease))),
    );
    const removed = new Set(released);
    return released.length === 0 ? leases : leases.filter((lease) => !removed.has(lease));
  });
  const unmatched = args.filter((_, index) => !released.some((lease) => matchers[index]?.(lease)));
  if (unmatched.length > 0 && released.length === 0) throw noLease(unmatched.join(', '), found);
  const missed = unmatched.map((arg) => `no lease found for ${arg}`);
  return {
    done: true,
    leases: sortLeases(released),
    notes: [...notes, ...projectErrorNotes(found), ...missed],
  };
}

async function collectStale(store: LeaseStore, args: readonly string[], options: LeaseOptions) {
  rejectArgs('gc', args);
  if (!options.yes) {
    const { leases, notes } = await store.read();
    return { done: false, leases: sortLeases(staleOf(leases)), notes };
  }
  let stale: readonly LeaseEntry[] = [];
  const { notes } = await store.update((leases) => {
    stale = staleOf(leases);
    const isStale = createKeySet(stale);
    return stale.length === 0 ? leases : leases.filter((lease) => !isStale(lease));
  });
  return { done: true, leases: sortLeases(stale), notes };
}

function rejectArgs(action: string, [first]: readonly string[]): void {
  if (first === undefined) return;
  throw new PortplanError('invalid-usage', `unexpected argument for lease ${action}: "${first}"`, {
    hint: 'for usage: portplan lease --help',
  });
}

/** Without a project name, matches all projects of the folder, which may have been started under another name. */
function ownedBy(
  { directories }: LeaseProject,
  { projectName }: LeaseOptions,
): (lease: Lease) => boolean {
  return ({ directory, project }) =>
    directories.includes(directory) && (projectName === undefined || project === projectName);
}

/** Leases can be listed and released even if the Compose file is invalid. */
function projectErrorNotes({ error }: LeaseProject): readonly string[] {
  if (error === undefined) return [];
  const reason = atLocation(error.location, error.message);
  return [`Compose project ignored: ${reason}`];
}

function toMatcher(arg: string): (lease: Lease) => boolean {
  const [, digits, protocol] = /^(\d+)(?:\/(tcp|udp|sctp))?$/.exec(arg) ?? [];
  if (digits === undefined) return ({ service }) => service === arg;
  return (lease) =>
    lease.port === Number(digits) && (protocol === undefined || lease.protocol === protocol);
}

function takenBy(blocking: Lease): PortplanError {
  const [binding] = toBindings([blocking]);
  const who = binding === undefined ? 'another project' : summarizeHolder(binding);
  return new PortplanError(
    'invalid-usage',
    `${blocking.port}/${blocking.protocol} is reserved by ${who}`,
    {
      hint: binding && remedyFor(binding).command,
    },
  );
}

function noLease(what: string, { directories }: LeaseProject): PortplanError {
  return new PortplanError(
    'invalid-usage',
    `no lease found for ${what} in ${directories.join(' and ')}`,
    { hint: 'to list all leases: portplan lease ls --all' },
  );
}

function staleOf(leases: readonly Lease[]): readonly LeaseEntry[] {
  return findStale(leases, new Date(), exists).map(({ lease, why }) => ({ ...lease, stale: why }));
}

/** A folder that cannot be read, such as another user's, counts as existing. */
function exists(directory: string): boolean {
  try {
    lstatSync(directory);
    return true;
  } catch (error) {
    return !['ENOENT', 'ENOTDIR'].includes(systemCodeOf(error) ?? '');
  }
}

function sortLeases<T extends LeaseEntry>(leases: readonly T[]): readonly T[] {
  return [...leases].sort(
    (one, other) =>
      one.directory.localeCompare(other.directory) ||
      one.project.localeCompare(other.project) ||
      one.port - other.port,
  );
}

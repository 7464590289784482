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
  /** `ls`, `pin SERVICE PORT`, `release SERVICE|PORT…` or `gc`, and what follows it. */
  readonly words: readonly string[];
  /** `ls`: those of all projects. */
  readonly all?: boolean | undefined;
  /** `gc`: give them back, instead of showing them. */
  readonly yes?: boolean | undefined;
}

type Action = (
  store: LeaseStore,
  operands: readonly string[],
  options: LeaseOptions,
) => Promise<Pick<LeaseReport, 'done' | 'leases' | 'notes'>>;

const actions: Readonly<Record<LeaseReport['action'], Action>> = {
  ls: listLeases,
  pin: pinLease,
  release: releaseLeases,
  gc: collectStale,
};

/**
 * Shows the ports that are remembered, gives one by hand, or gives some back.
 * @throws PortplanError `invalid-usage`, `invalid-publish`, `leases-unavailable`
 */
export async function lease(options: LeaseOptions): Promise<LeaseReport> {
  const [action = 'ls', ...operands] = options.words;
  if (!isAction(action)) {
    throw new PortplanError('invalid-usage', `"${action}" is nothing that lease does`, {
      hint: 'portplan lease ls, pin SERVICE PORT, release SERVICE|PORT, or gc',
    });
  }
  const store = openLeaseStore({ env: options.env });
  const result = await actions[action](store, operands, options);
  return { command: 'lease', action, ...result, sources: [] };
}

function isAction(word: string): word is LeaseReport['action'] {
  return Object.hasOwn(actions, word);
}

async function listLeases(store: LeaseStore, operands: readonly string[], options: LeaseOptions) {
  refuseOperands('ls', operands);
  const { leases, notes } = await store.read();
  if (options.all) return { done: true, leases: inOrder(leases), notes };
  const found = findLeaseProject(options);
  const own = leases.filter(ownedBy(found, options));
  const others = leases.length - own.length;
  const hint = own.length === 0 && others > 0 ? [`${others} of other projects: --all`] : [];
  return { done: true, leases: inOrder(own), notes: [...notes, ...faultNotes(found), ...hint] };
}

async function pinLease(store: LeaseStore, operands: readonly string[], options: LeaseOptions) {
  // Publishes that were named alone have no service.
  const [service = '', text, ...rest] = operands.length === 1 ? ['', ...operands] : operands;
  if (text === undefined || rest.length > 0) {
    throw new PortplanError('invalid-usage', 'lease pin takes a service and a port', {
      hint: 'portplan lease pin web 8080, or portplan lease pin web 8080:80',
    });
  }
  const found = findLeaseProject(options);
  if (service !== '' && found.fault !== undefined) throw found.fault;
  let pinned: readonly Lease[] = [];
  const { notes } = await store.update((before) => {
    const grant = findPinned(before.filter(ownedBy(found, options)), {
      ...{ service, text, project: found.project },
      owner: leaseOwnerOf(options),
    });
    const isOwn = createKeySet([grant.key]);
    const after = withLease(before, { ...grant, pinned: true }, new Date());
    pinned = after.filter(isOwn);
    const rival = after.find(
      (other) => !isOwn(other) && pinned.some((own) => leasesOverlap(own, other)),
    );
    if (rival !== undefined) throw takenBy(rival);
    return after;
  });
  return { done: true, leases: pinned, notes };
}

async function releaseLeases(
  store: LeaseStore,
  operands: readonly string[],
  options: LeaseOptions,
) {
  if (operands.length === 0 && !options.projectDirectory && !options.projectName) {
    throw new PortplanError('invalid-usage', 'lease release takes services or ports', {
      hint: 'portplan lease release web 8080; all ports of this project: portplan lease release --project-directory .',
    });
  }
  const found = findLeaseProject(options);
  const isOwn = ownedBy(found, options);
  const matchers = operands.map(toMatcher);
  let released: readonly Lease[] = [];
  const { notes } = await store.update((leases) => {
    released = leases.filter(
      (lease) =>
        isOwn(lease) && (matchers.length === 0 || matchers.some((matches) => matches(lease))),
    );
    const given = new Set(released);
    return released.length === 0 ? leases : leases.filter((lease) => !given.has(lease));
  });
  const unmatched = operands.filter(
    (_, index) => !released.some((lease) => matchers[index]?.(lease)),
  );
  if (unmatched.length > 0 && released.length === 0) throw noLease(unmatched.join(', '), found);
  const missed = unmatched.map((operand) => `nothing is remembered for ${operand}`);
  return {
    done: true,
    leases: inOrder(released),
    notes: [...notes, ...faultNotes(found), ...missed],
  };
}

async function collectStale(store: LeaseStore, operands: readonly string[], options: LeaseOptions) {
  refuseOperands('gc', operands);
  if (!options.yes) {
    const { leases, notes } = await store.read();
    return { done: false, leases: inOrder(staleOf(leases)), notes };
  }
  let stale: readonly LeaseEntry[] = [];
  const { notes } = await store.update((leases) => {
    stale = staleOf(leases);
    const isStale = createKeySet(stale);
    return stale.length === 0 ? leases : leases.filter((lease) => !isStale(lease));
  });
  return { done: true, leases: inOrder(stale), notes };
}

function refuseOperands(action: string, [first]: readonly string[]): void {
  if (first === undefined) return;
  throw new PortplanError('invalid-usage', `lease ${action} takes no "${first}"`, {
    hint: 'portplan lease --help shows what it takes',
  });
}

/** Without a name, all projects of the folder: it may have been started under another one than its file gives it. */
function ownedBy(
  { directories }: LeaseProject,
  { projectName }: LeaseOptions,
): (lease: Lease) => boolean {
  return ({ directory, project }) =>
    directories.includes(directory) && (projectName === undefined || project === projectName);
}

/** Leases can be seen and given back where the compose file is broken. */
function faultNotes({ fault }: LeaseProject): readonly string[] {
  if (fault === undefined) return [];
  const told = atLocation(fault.location, fault.message);
  return [`the compose project here is not looked at: ${told}`];
}

function toMatcher(operand: string): (lease: Lease) => boolean {
  const [, digits, protocol] = /^(\d+)(?:\/(tcp|udp|sctp))?$/.exec(operand) ?? [];
  if (digits === undefined) return ({ service }) => service === operand;
  return (lease) =>
    lease.port === Number(digits) && (protocol === undefined || lease.protocol === protocol);
}

function takenBy(rival: Lease): PortplanError {
  const [claim] = toBindings([rival]);
  const who = claim === undefined ? 'another project' : summarizeHolder(claim);
  return new PortplanError('invalid-usage', `${rival.port}/${rival.protocol} is kept by ${who}`, {
    hint: claim && remedyFor(claim).command,
  });
}

function noLease(what: string, { directories }: LeaseProject): PortplanError {
  return new PortplanError(
    'invalid-usage',
    `nothing is remembered for ${what} in ${directories.join(' and ')}`,
    { hint: 'portplan lease ls --all shows everything that is remembered' },
  );
}

function staleOf(leases: readonly Lease[]): readonly LeaseEntry[] {
  return findStale(leases, new Date(), exists).map(({ lease, why }) => ({ ...lease, stale: why }));
}

/** What cannot be looked at, such as another user's folder, counts as there. */
function exists(directory: string): boolean {
  try {
    lstatSync(directory);
    return true;
  } catch (error) {
    return !['ENOENT', 'ENOTDIR'].includes(systemCodeOf(error) ?? '');
  }
}

function inOrder<T extends LeaseEntry>(leases: readonly T[]): readonly T[] {
  return [...leases].sort(
    (one, other) =>
      one.directory.localeCompare(other.directory) ||
      one.project.localeCompare(other.project) ||
      one.port - other.port,
  );
}

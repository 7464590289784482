import { shownPath } from '../../files/paths.ts';
import { type ComposeProject, type ComposePublish, publishesOf } from '../../project.ts';
import type { EditWarning, SkippedMove, SkipReason } from '../edit.ts';
import { applyMove, type PortTexts, portTexts, sortedPortTexts } from '../expected-ports.ts';
import { isSkipped } from '../in-file/edit-sites.ts';
import type { Move } from '../moves.ts';
import { type EditResult, skipDropped, skipMoves } from '../outcome.ts';
import { type Change, type Unverified, verify } from '../verify.ts';
import { readTextIfExists } from '../virtual-files.ts';
import type { Workspace } from '../workspace.ts';
import { type OverrideFile, readOverride } from './file.ts';
import { createPortLists } from './port-lines.ts';
import { findOverride, firstWithOverrideTag, supportsOverrideTag } from './target.ts';

/** The result of editing an override file. */
export interface OverrideEditResult extends EditResult {
  readonly warnings: readonly EditWarning[];
}

/**
 * Moves ports with an override file: for each service that moves, writes its complete list of ports, tagged `!override`,
 * in a managed block. Keeps hand-written content; a service whose ports are set by hand is skipped. Removes managed
 * lists that are no longer needed.
 */
export function editOverride(
  workspace: Workspace,
  moves: readonly Move[],
  composeVersion: string | undefined,
): OverrideEditResult {
  const opened = openOverride(workspace, composeVersion);
  if (isSkipped(opened))
    return { texts: new Map(), skipped: skipMoves(moves, opened), warnings: [] };
  const { path, shown, file } = opened;
  const skipped: SkippedMove[] = [];
  const changes: ServiceChange[] = [];
  for (const [service, serviceMoves] of groupByService(moves)) {
    const skipReason = file.skipReasonFor(service);
    if (skipReason === undefined) changes.push({ service, moves: serviceMoves });
    else skipped.push(...skipMoves(serviceMoves, skipReason));
  }
  const lists = createLists(workspace, path, file);
  const verified = verify(changes, (steps) => lists.proposalFor(steps), workspace);
  const explain = (change: Unverified<ServiceChange>) => unverifiedReason(change, shown);
  return {
    texts: verified.texts,
    skipped: [...skipped, ...skipDropped(verified, explain)],
    warnings: [
      ...lists.newPorts(shown),
      ...(verified.applied.length > 0 && composeVersion === undefined
        ? [versionWarning(shown)]
        : []),
    ],
  };
}

interface ServiceChange extends Change {
  readonly service: string;
}

function openOverride(workspace: Workspace, composeVersion: string | undefined) {
  if (composeVersion !== undefined && !supportsOverrideTag(composeVersion)) {
    const message = `Compose ${composeVersion} does not support !override: expected ${firstWithOverrideTag} or newer`;
    return { reason: 'compose-too-old', message } satisfies SkipReason;
  }
  const target = findOverride(workspace);
  if (isSkipped(target)) return target;
  const { path } = target;
  const shown = shownPath(path, workspace.options.cwd);
  const file = readOverride(path, shown, readTextIfExists(workspace.fileSystem, path));
  return isSkipped(file) ? file : { path, shown, file };
}

function groupByService(moves: readonly Move[]): ReadonlyMap<string, readonly Move[]> {
  const groups = new Map<string, Move[]>();
  for (const move of moves) groups.set(move.service, [...(groups.get(move.service) ?? []), move]);
  return groups;
}

/** Computes the lists of ports in the override file, before and after the moves. */
function createLists(workspace: Workspace, path: string, file: OverrideFile) {
  const { project, fileSystem } = workspace;
  const base =
    file.owned.length === 0
      ? project
      : workspace.reload(new Map([[path, file.withPorts(new Map())]]));
  const writer = createPortLists(project, fileSystem);
  const before = portTexts(base);

  function proposalFor(steps: readonly ServiceChange[]) {
    const moves = steps.flatMap((step) => step.moves);
    const moved = new Map(moves.map((move) => [move.publish, applyMove(move)]));
    const lists = new Map<string, readonly string[]>();
    const expected = new Map<string, readonly string[]>(portTexts(project, moves));
    for (const name of new Set([...file.owned, ...steps.map(({ service }) => service)])) {
      const ports = reconcile(portsOf(base, name), portsOf(project, name)).map(({ publish }) => {
        return moved.get(publish) ?? publish;
      });
      const texts = sortedPortTexts(ports);
      if (!before.has(name)) expected.delete(name);
      else expected.set(name, texts);
      if (before.has(name) && before.get(name)?.join() !== texts.join()) {
        lists.set(name, writer.linesOf(name, ports));
      }
    }
    return { texts: new Map([[path, file.withPorts(lists)]]), expected: expected as PortTexts };
  }

  function newPorts(shown: string): readonly EditWarning[] {
    return file.owned
      .flatMap((name) => reconcile(portsOf(base, name), portsOf(project, name)))
      .filter(({ isNew }) => isNew)
      .map(({ publish: { entry, origin } }) => ({
        code: 'new-port',
        message: `new port "${entry.text}" of "${origin.service}" added to ${shown}, which overrode it`,
        location: entry.location,
      }));
  }

  return { proposalFor, newPorts };
}

function portsOf({ services }: ComposeProject, name: string): readonly ComposePublish[] {
  const service = services.find((one) => one.name === name);
  return service === undefined ? [] : publishesOf(service);
}

/**
 * The ports of the files below the override, each on the host port that the override set. Ports that were added to those
 * files since are new; ports that they no longer publish are dropped.
 */
function reconcile(base: readonly ComposePublish[], current: readonly ComposePublish[]) {
  const overridden = new Map<string, ComposePublish[]>();
  for (const publish of current) {
    const key = containerSide(publish);
    overridden.set(key, [...(overridden.get(key) ?? []), publish]);
  }
  return base.map((publish) => {
    const match = overridden.get(containerSide(publish))?.shift();
    return { publish: match ?? publish, isNew: match === undefined };
  });
}

function containerSide({ hostIp, target, protocol }: ComposePublish): string {
  return `${hostIp} ${target}/${protocol}`;
}

function unverifiedReason({ change, result }: Unverified<ServiceChange>, file: string): SkipReason {
  const detail =
    result instanceof Error
      ? `the project does not load: ${result.message}`
      : 'the project publishes other ports than planned';
  return {
    reason: 'unverified',
    message: `with the ports of "${change.service}" in ${file}, ${detail}`,
  };
}

function versionWarning(file: string): EditWarning {
  const message = `${file} uses !override: Compose before ${firstWithOverrideTag} publishes the old ports too`;
  return { code: 'compose-version', message };
}

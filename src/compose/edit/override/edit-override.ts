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
import { findOverride, firstWithOverrideTag, knowsOverrideTag } from './target.ts';

export interface OverrideEditResult extends EditResult {
  readonly warnings: readonly EditWarning[];
}

/**
 * Moves ports by an override file beside the compose file: for each service that moves, the whole list of its ports
 * stands there, tagged `!override`, between marks. What was written by hand stays, and is not written over: a service
 * whose ports it sets is refused. Lists that are not needed any more go.
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
  const refused: SkippedMove[] = [];
  const changes: ServiceChange[] = [];
  for (const [service, own] of groupByService(moves)) {
    const skipReason = file.skipReasonFor(service);
    if (skipReason === undefined) changes.push({ service, moves: own });
    else refused.push(...skipMoves(own, skipReason));
  }
  const lists = createLists(workspace, path, file);
  const proof = verify(changes, (steps) => lists.proposalFor(steps), workspace);
  const explain = (unproven: Unverified<ServiceChange>) => unverifiedReason(unproven, shown);
  return {
    texts: proof.texts,
    skipped: [...refused, ...skipDropped(proof, explain)],
    warnings: [
      ...lists.newPorts(shown),
      ...(proof.applied.length > 0 && composeVersion === undefined ? [versionWarning(shown)] : []),
    ],
  };
}

interface ServiceChange extends Change {
  readonly service: string;
}

function openOverride(workspace: Workspace, composeVersion: string | undefined) {
  if (composeVersion !== undefined && !knowsOverrideTag(composeVersion)) {
    const message = `Compose ${composeVersion} does not know !override: it needs ${firstWithOverrideTag} or newer`;
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

/** The lists of ports that stand in the override, or shall. */
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
        message: `"${entry.text}" of "${origin.service}" is new, and ${shown} hid it: it is added there as it is`,
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
 * The ports of the files below the override, each on the host port that the override gave it. What those files publish
 * since is new; what they do not publish any more is dropped.
 */
function reconcile(base: readonly ComposePublish[], current: readonly ComposePublish[]) {
  const waiting = new Map<string, ComposePublish[]>();
  for (const publish of current) {
    const position = containerSide(publish);
    waiting.set(position, [...(waiting.get(position) ?? []), publish]);
  }
  return base.map((publish) => {
    const own = waiting.get(containerSide(publish))?.shift();
    return { publish: own ?? publish, isNew: own === undefined };
  });
}

function containerSide({ hostIp, target, protocol }: ComposePublish): string {
  return `${hostIp} ${target}/${protocol}`;
}

function unverifiedReason({ change, result }: Unverified<ServiceChange>, file: string): SkipReason {
  const detail =
    result instanceof Error
      ? `the project does not load: ${result.message}`
      : 'other ports come out';
  return {
    reason: 'unverified',
    message: `with the ports of "${change.service}" in ${file}, ${detail}`,
  };
}

function versionWarning(file: string): EditWarning {
  const message = `${file} uses !override: Compose before ${firstWithOverrideTag} publishes the old ports as well`;
  return { code: 'compose-version', message };
}

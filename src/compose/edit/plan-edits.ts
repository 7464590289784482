import type { Assignment } from '../../model/findings/plan.ts';
import type { ComposeOptions } from '../options.ts';
import type { ComposeProject } from '../project.ts';
import type { EditPlan, EditWarning, SkipReason, WriteKind } from './edit.ts';
import { editEnv } from './env/edit-env.ts';
import { editFiles } from './in-file/edit-files.ts';
import { findMoves, type Move } from './moves.ts';
import { type EditResult, skipMoves } from './outcome.ts';
import { editOverride } from './override/edit-override.ts';
import { findStaleReferences } from './stale-references.ts';
import { readTextIfExists, withVirtualFiles } from './virtual-files.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

export interface EditRequest {
  readonly kind: WriteKind;
  /** With which the project was loaded. */
  readonly options: ComposeOptions;
  /** The version of Compose that will read the result, where it is known: `2.40.3`. */
  readonly composeVersion?: string | undefined;
}

/** The edits that put a plan in place. Reads files, and changes none. */
export function planEdits(
  project: ComposeProject,
  assignments: readonly Assignment[],
  request: EditRequest,
): EditPlan {
  const workspace = openWorkspace(project, request.options);
  const found = findMoves(project, assignments);
  const { moves } = found;
  const refused = [...found.skipped];
  if (project.files.includes('-')) {
    const message = 'the compose file was read from stdin, where nothing can be written';
    const all = skipMoves(moves, { reason: 'stdin', message });
    return { edits: [], skipped: [...refused, ...all], warnings: [] };
  }
  const [placed, numbered] = [
    moves.filter(changesAddress),
    moves.filter((move) => !changesAddress(move)),
  ];
  const onlyNumbers = request.kind !== 'override';
  if (onlyNumbers && placed.length > 0) refused.push(...skipMoves(placed, addressNeedsOverride));
  const written = editWith(workspace, onlyNumbers ? numbered : moves, request);
  const edits = [...written.texts].flatMap(([path, after]) => {
    const before = readTextIfExists(workspace.fileSystem, path);
    return before === after ? [] : [{ path, before, after }];
  });
  const left = new Set(written.skipped.map(({ publish }) => publish));
  const made = moves.filter(({ publish }) => !left.has(publish));
  const places = {
    fileSystem: withVirtualFiles(workspace.fileSystem, written.texts),
    cwd: workspace.options.cwd,
  };
  return {
    edits,
    skipped: [...refused, ...written.skipped],
    warnings: [...(written.warnings ?? []), ...findStaleReferences(project, made, places)],
  };
}

function changesAddress({ bindAddress }: Move): boolean {
  return bindAddress !== undefined;
}

const addressNeedsOverride: SkipReason = {
  reason: 'address',
  message: 'the file names no host address, and only numbers are changed in this way',
};

function editWith(
  workspace: Workspace,
  moves: readonly Move[],
  { kind, composeVersion }: EditRequest,
): EditResult & { readonly warnings?: readonly EditWarning[] } {
  switch (kind) {
    case 'override':
      return editOverride(workspace, moves, composeVersion);
    case 'env':
      return editEnv(workspace, moves);
    case 'file':
      return editFiles(workspace, moves);
    default:
      return kind satisfies never;
  }
}

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

/** How a plan is written. */
export interface EditRequest {
  readonly kind: WriteKind;
  /** The options that the project was loaded with. */
  readonly options: ComposeOptions;
  /** Version of the Compose that will read the result, such as `2.40.3`, if known. */
  readonly composeVersion?: string | undefined;
}

/**
 * Returns the edits that write a plan. Reads files but changes none.
 * @throws PortplanError `invalid-input` if a file that is to be edited cannot be read.
 */
export function planEdits(
  project: ComposeProject,
  assignments: readonly Assignment[],
  request: EditRequest,
): EditPlan {
  const workspace = openWorkspace(project, request.options);
  const { moves, skipped } = findMoves(project, assignments);
  if (project.files.includes('-')) {
    const message = 'the Compose file was read from stdin and cannot be written';
    const all = skipMoves(moves, { reason: 'stdin', message });
    return { edits: [], skipped: [...skipped, ...all], warnings: [] };
  }
  const unsupported = request.kind === 'override' ? [] : moves.filter(changesAddress);
  const supported = moves.filter((move) => !unsupported.includes(move));
  const result = editWith(workspace, supported, request);
  const edits = [...result.texts].flatMap(([path, after]) => {
    const before = readTextIfExists(workspace.fileSystem, path);
    return before === after ? [] : [{ path, before, after }];
  });
  const unmoved = new Set(result.skipped.map(({ publish }) => publish));
  const moved = moves.filter(({ publish }) => !unmoved.has(publish));
  const scope = {
    fileSystem: withVirtualFiles(workspace.fileSystem, result.texts),
    cwd: workspace.options.cwd,
  };
  return {
    edits,
    skipped: [...skipped, ...skipMoves(unsupported, addressNeedsOverride), ...result.skipped],
    warnings: [...(result.warnings ?? []), ...findStaleReferences(project, moved, scope)],
  };
}

function changesAddress({ bindAddress }: Move): boolean {
  return bindAddress !== undefined;
}

const addressNeedsOverride: SkipReason = {
  reason: 'address',
  message: 'the file has no host address, and only --write override can add one',
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

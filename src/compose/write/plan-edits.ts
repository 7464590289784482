import type { Assignment } from '../../model/plan.ts';
import type { ComposeOptions } from '../options.ts';
import type { ComposeProject } from '../project.ts';
import type { EditPlan, WriteKind } from './edit.ts';
import { writeFiles } from './file-edits.ts';
import { findMoves } from './moves.ts';
import { textAt } from './overlay.ts';
import { openWorkspace } from './workspace.ts';

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
  const { moves, refused } = findMoves(project, assignments);
  const written = writeFiles(workspace, moves);
  const edits = [...written.texts].flatMap(([path, after]) => {
    const before = textAt(workspace.fileSystem, path);
    return before === after ? [] : [{ path, before, after }];
  });
  return { edits, refused: [...refused, ...written.refused], warnings: [] };
}

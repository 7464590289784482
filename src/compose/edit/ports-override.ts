import { PortplanError } from '../../errors.ts';
import type { Assignment } from '../../model/findings/plan.ts';
import { loadProject } from '../load.ts';
import { type ComposeOptions, withDefaults } from '../options.ts';
import { type ComposeProject, publishesOf } from '../project.ts';
import { applyMove, differingServices, portTexts } from './expected-ports.ts';
import { findMoves } from './moves.ts';
import { createPortLists } from './override/port-lines.ts';
import { withVirtualFiles } from './virtual-files.ts';

/** What a mapping changes beside the ports. */
export interface PortsOverrideRequest {
  /** With which the project was loaded. */
  readonly options: ComposeOptions;
  /** Where the mapping will lie; nothing is written. */
  readonly path: string;
  /** Take the fixed names of containers away, so that a second copy can run. */
  readonly resetNames?: boolean | undefined;
}

/**
 * The text of a compose file that puts a plan on top of a project: for each service that moves, its whole list of ports
 * replaces that of the files below. Empty when nothing has to change.
 * @throws PortplanError `invalid-input`, reason `unproven`, for a project in which the result would publish something
 *   else than planned
 */
export function renderPortsOverride(
  project: ComposeProject,
  assignments: readonly Assignment[],
  { options, path, resetNames = false }: PortsOverrideRequest,
): string {
  const { moves, skipped } = findMoves(project, assignments);
  const [refusal] = skipped;
  if (refusal !== undefined) throw unverified(refusal.message);
  const { fileSystem } = withDefaults(options);
  const lists = createPortLists(project, fileSystem);
  const moved = new Map(moves.map((move) => [move.publish, applyMove(move)]));
  const changed = new Set(moves.map(({ service }) => service));
  const blocks = project.services.flatMap((service) => {
    const named = resetNames && service.containerName !== undefined;
    const lines = changed.has(service.name)
      ? [
          '    ports: !override',
          ...lists
            .linesOf(
              service.name,
              publishesOf(service).map((publish) => moved.get(publish) ?? publish),
            )
            .map((line) => `      ${line}`),
        ]
      : [];
    if (named) lines.push('    container_name: !reset null');
    return lines.length === 0 ? [] : [`  ${JSON.stringify(service.name)}:`, ...lines];
  });
  if (blocks.length === 0) return '';
  const text = `services:\n${blocks.join('\n')}\n`;
  const result = loadProject({
    ...options,
    parsed: undefined,
    files: [...project.files, path],
    projectDirectory: project.directory,
    projectName: project.name,
    fileSystem: withVirtualFiles(fileSystem, new Map([[path, text]])),
  });
  const [wrong] = differingServices(portTexts(project, moves), portTexts(result));
  if (wrong !== undefined) throw unverified(`other ports than planned come out for "${wrong}"`);
  return text;
}

function unverified(why: string): PortplanError {
  return new PortplanError('invalid-input', `the plan cannot be put over this project: ${why}`, {
    reason: 'unverified',
    hint: 'portplan plan --write file changes the compose file itself',
  });
}

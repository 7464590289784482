import { PortplanError } from '../../errors.ts';
import type { Assignment } from '../../model/findings/plan.ts';
import { loadProject } from '../load.ts';
import { type ComposeOptions, withDefaults } from '../options.ts';
import { type ComposeProject, publishesOf } from '../project.ts';
import { applyMove, differingServices, portTexts } from './expected-ports.ts';
import { findMoves } from './moves.ts';
import { createPortLists } from './override/port-lines.ts';
import { withVirtualFiles } from './virtual-files.ts';

/** Where and how the ports of a plan are rendered. */
export interface PortsOverrideRequest {
  /** The options that the project was loaded with. */
  readonly options: ComposeOptions;
  /** Absolute path of the file that the caller will write. */
  readonly path: string;
  /** Remove fixed container names, so a second copy of the project can run. */
  readonly resetNames?: boolean | undefined;
}

/**
 * Returns the text of a Compose file that applies a plan to a project: for each service that moves, its complete list of
 * ports, which replaces the list of the files below. Empty if nothing changes. Writes no file.
 * @throws PortplanError `invalid-input`, reason `unverified`, if the project would publish other ports than planned.
 */
export function renderPortsOverride(
  project: ComposeProject,
  assignments: readonly Assignment[],
  { options, path, resetNames = false }: PortsOverrideRequest,
): string {
  const { moves, skipped } = findMoves(project, assignments);
  const [first] = skipped;
  if (first !== undefined) throw unverified(first.message);
  const { fileSystem } = withDefaults(options);
  const lists = createPortLists(project, fileSystem);
  const moved = new Map(moves.map((move) => [move.publish, applyMove(move)]));
  const changed = new Set(moves.map(({ service }) => service));
  const blocks = project.services.flatMap((service) => {
    const resetsName = resetNames && service.containerName !== undefined;
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
    if (resetsName) lines.push('    container_name: !reset null');
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
  const [differing] = differingServices(portTexts(project, moves), portTexts(result));
  if (differing !== undefined) {
    throw unverified(`"${differing}" would publish other ports than planned`);
  }
  return text;
}

function unverified(detail: string): PortplanError {
  return new PortplanError('invalid-input', `cannot apply the plan to this project: ${detail}`, {
    reason: 'unverified',
    hint: 'run portplan plan --write file to change the Compose file',
  });
}

import type { Engine } from '../open-engine.ts';
import { type ListedContainer, listContainers } from './list.ts';

/** All containers of compose projects of one name, or of one working directory. @throws PortplanError */
export async function listProjectContainers(
  engine: Pick<Engine, 'client' | 'traits'>,
  { project, directory }: { readonly project?: string; readonly directory?: string },
): Promise<readonly ListedContainer[]> {
  const labels = [
    ...(project === undefined ? [] : [`com.docker.compose.project=${project}`]),
    ...(directory === undefined ? [] : [`com.docker.compose.project.working_dir=${directory}`]),
  ];
  return listContainers(engine, { all: true, labels });
}

import { join } from 'node:path';
import { formatRange } from '../../../model/ports/port.ts';
import { isDirectory } from '../../files/file-system.ts';
import { shownPath } from '../../files/paths.ts';
import { type ComposeProject, publishesOf } from '../../project.ts';
import {
  isDefaultEnvFileDisabled,
  namedEnvFiles,
  processEnvironment,
} from '../../variables/environment.ts';
import type { SkippedMove, SkipReason } from '../edit.ts';
import { portTexts } from '../expected-ports.ts';
import { type EditSite, findEditSites, isSkipped, renumberingOf } from '../in-file/edit-sites.ts';
import { type Renumbering, rewriteTemplate } from '../in-file/renumber.ts';
import { readSite, templateMatches } from '../in-file/site-text.ts';
import type { Move } from '../moves.ts';
import { type EditResult, skipDropped, skipMoves } from '../outcome.ts';
import { type Change, type Unverified, verify } from '../verify.ts';
import { readTextIfExists } from '../virtual-files.ts';
import type { Workspace } from '../workspace.ts';
import { setBlockValues, valuesInBlock } from './env-block.ts';

/**
 * Moves ports by the variables that the compose files use for them, in a marked block of the env file. Variables of
 * the block that no port uses any more go.
 */
export function editEnv(workspace: Workspace, moves: readonly Move[]): EditResult {
  const { project, fileSystem } = workspace;
  const target = findEnvFile(workspace);
  if (isSkipped(target)) return { texts: new Map(), skipped: skipMoves(moves, target) };
  const before = readTextIfExists(fileSystem, target.path);
  const used = variablesOf(project);
  const kept = [...valuesInBlock(before ?? '')].filter(([name]) => used.has(name));

  const { settings, refused } = findSettings(workspace, moves);
  const proof = verify(
    settings,
    (steps) => {
      const values = new Map([...kept, ...steps.map(({ name, value }) => [name, value] as const)]);
      const expected = portTexts(
        project,
        steps.flatMap((step) => step.moves),
      );
      return { texts: new Map([[target.path, setBlockValues(before, values)]]), expected };
    },
    workspace,
  );
  const shown = shownPath(target.path, workspace.options.cwd);
  const explain = (unproven: Unverified<Setting>) => unverifiedReason(unproven, project, shown);
  return { texts: proof.texts, skipped: [...refused, ...skipDropped(proof, explain)] };
}

/** A variable that moves the ports of a site. */
interface Setting extends Change {
  readonly site: EditSite;
  readonly name: string;
  readonly value: string;
}

/** The env file that wins: the last one that was named, else the `.env` of the project. */
function findEnvFile({ options, project }: Workspace): { readonly path: string } | SkipReason {
  const { cwd, env, envFiles, fileSystem } = options;
  const outside = processEnvironment(env, cwd);
  const named = namedEnvFiles(envFiles, outside, cwd).filter((path) => path !== '/dev/null');
  const path = named.at(-1) ?? join(project.directory, '.env');
  const isOff = named.length === 0 && (envFiles.length > 0 || isDefaultEnvFileDisabled(outside));
  if (isOff) return { reason: 'no-env-file', message: 'Compose is told to read no env file' };
  if (!isDirectory(fileSystem, path)) return { path };
  return { reason: 'no-env-file', message: `${shownPath(path, cwd)} is a folder` };
}

function variablesOf({ services }: ComposeProject): ReadonlySet<string> {
  const entries = services.flatMap((service) => [
    ...publishesOf(service).map(({ entry }) => entry),
    ...service.unknownPorts.map(({ entry }) => entry),
  ]);
  return new Set(entries.flatMap(({ variables }) => variables));
}

function findSettings(workspace: Workspace, moves: readonly Move[]) {
  const refused: SkippedMove[] = [];
  const byName = new Map<string, Setting[]>();
  for (const site of findEditSites(workspace.project, moves)) {
    const setting = toSetting(site, workspace);
    if (isSkipped(setting)) refused.push(...skipMoves(site.moves, setting));
    else byName.set(setting.name, [...(byName.get(setting.name) ?? []), setting]);
  }
  const settings: Setting[] = [];
  for (const [name, same] of byName) {
    const [first] = same;
    const agreed = same.every(({ value }) => value === first?.value);
    const together = same.flatMap((one) => one.moves);
    if (!agreed || first === undefined) refused.push(...skipMoves(together, sharedVariable(name)));
    else settings.push({ ...first, moves: together });
  }
  return { settings, refused };
}

function sharedVariable(name: string): SkipReason {
  const message = `${name} stands for more than one port, and they would need different values`;
  return { reason: 'variable-shared', message };
}

function toSetting(
  site: EditSite,
  { fileSystem, lookup, options }: Workspace,
): Setting | SkipReason {
  const { entry, range, moves } = site;
  if (entry.variables.length === 0) return noVariable(site);
  const renumbering = renumberingOf(site);
  if (isSkipped(renumbering)) return renumbering;
  const text = readSite(site, readTextIfExists(fileSystem, range.path) ?? '');
  if (isSkipped(text)) return text;

  const means = templateMatches(site, renumbering);
  for (const name of entry.variables) {
    for (const value of valuesFor(lookup(name), site, renumbering)) {
      const changed = (one: string) => (one === name ? value : lookup(one));
      if (!means(text.template, changed)) continue;
      if (options.env[name] === undefined) return { site, name, value, moves };
      const message = `${name} is set in the environment, which wins over every env file`;
      return { reason: 'variable-outside', message };
    }
  }
  return noVariable(site);
}

/** The number alone, address and number, or the value that the variable has with its number changed. */
function valuesFor(
  value: string | undefined,
  { publishes }: EditSite,
  renumbering: Renumbering,
): readonly string[] {
  const alone = formatRange(renumbering.to);
  const hostIp = publishes[0]?.hostIp ?? '';
  const address = hostIp.includes(':') ? `[${hostIp}]` : hostIp;
  const found = hostIp === '' ? [alone] : [alone, `${address}:${alone}`];
  if (value === undefined || /[^\w.:/[\]-]/.test(value)) return found;
  rewriteTemplate(value, renumbering, (candidate) => {
    found.push(candidate);
    return false;
  });
  return found;
}

function noVariable({ entry }: EditSite): SkipReason {
  const message = `no variable stands for the host port of "${entry.text}", and for nothing else`;
  return { reason: 'no-variable', message };
}

function unverifiedReason(
  { change, result }: Unverified<Setting>,
  project: ComposeProject,
  file: string,
): SkipReason {
  const { name, moves } = change;
  if (result instanceof Error) {
    const message = `with another ${name}, the project does not load: ${result.message}`;
    return { reason: 'unverified', message };
  }
  const own = new Set(moves.map(({ publish }) => publish));
  const others = project.services
    .flatMap((service) => publishesOf(service))
    .filter((publish) => !own.has(publish) && publish.entry.variables.includes(name));
  if (others.length > 0) return sharedVariable(name);
  const message = `${name} is set behind the block in ${file}, or in an env file that wins over it`;
  return { reason: 'variable-outside', message };
}

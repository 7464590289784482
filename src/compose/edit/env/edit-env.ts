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
 * Moves ports by setting the variables that the Compose files use for them, in the managed block of the env file.
 * Removes variables from the block that no port uses any more.
 */
export function editEnv(workspace: Workspace, moves: readonly Move[]): EditResult {
  const { project, fileSystem } = workspace;
  const target = findEnvFile(workspace);
  if (isSkipped(target)) return { texts: new Map(), skipped: skipMoves(moves, target) };
  const before = readTextIfExists(fileSystem, target.path);
  const used = variablesOf(project);
  const previous = [...valuesInBlock(before ?? '')].filter(([name]) => used.has(name));

  const { settings, skipped } = findSettings(workspace, moves);
  const verified = verify(
    settings,
    (steps) => {
      const values = new Map([
        ...previous,
        ...steps.map(({ name, value }) => [name, value] as const),
      ]);
      const expected = portTexts(
        project,
        steps.flatMap((step) => step.moves),
      );
      return { texts: new Map([[target.path, setBlockValues(before, values)]]), expected };
    },
    workspace,
  );
  const shown = shownPath(target.path, workspace.options.cwd);
  const explain = (setting: Unverified<Setting>) => unverifiedReason(setting, project, shown);
  return { texts: verified.texts, skipped: [...skipped, ...skipDropped(verified, explain)] };
}

/** A value of a variable that moves the ports of an edit site. */
interface Setting extends Change {
  readonly site: EditSite;
  readonly name: string;
  readonly value: string;
}

/** The env file that wins: the last one that was named, else the project's `.env`. */
function findEnvFile({ options, project }: Workspace): { readonly path: string } | SkipReason {
  const { cwd, env, envFiles, fileSystem } = options;
  const outside = processEnvironment(env, cwd);
  const named = namedEnvFiles(envFiles, outside, cwd).filter((path) => path !== '/dev/null');
  const path = named.at(-1) ?? join(project.directory, '.env');
  const isOff = named.length === 0 && (envFiles.length > 0 || isDefaultEnvFileDisabled(outside));
  if (isOff) return { reason: 'no-env-file', message: 'Compose is configured to read no env file' };
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
  const skipped: SkippedMove[] = [];
  const byName = new Map<string, Setting[]>();
  for (const site of findEditSites(workspace.project, moves)) {
    const setting = toSetting(site, workspace);
    if (isSkipped(setting)) skipped.push(...skipMoves(site.moves, setting));
    else byName.set(setting.name, [...(byName.get(setting.name) ?? []), setting]);
  }
  const settings: Setting[] = [];
  for (const [name, candidates] of byName) {
    const [first] = candidates;
    const isUnique = candidates.every(({ value }) => value === first?.value);
    const allMoves = candidates.flatMap((setting) => setting.moves);
    if (!isUnique || first === undefined)
      skipped.push(...skipMoves(allMoves, sharedVariable(name)));
    else settings.push({ ...first, moves: allMoves });
  }
  return { settings, skipped };
}

function sharedVariable(name: string): SkipReason {
  const message = `${name} sets several ports, which need different values`;
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

  const matches = templateMatches(site, renumbering);
  for (const name of entry.variables) {
    for (const value of valuesFor(lookup(name), site, renumbering)) {
      const changed = (variable: string) => (variable === name ? value : lookup(variable));
      if (!matches(text.template, changed)) continue;
      if (options.env[name] === undefined) return { site, name, value, moves };
      const message = `${name} is set in the environment, which overrides env files`;
      return { reason: 'variable-outside', message };
    }
  }
  return noVariable(site);
}

/** Candidate values: the port, address and port, and the current value with its number replaced. */
function valuesFor(
  value: string | undefined,
  { publishes }: EditSite,
  renumbering: Renumbering,
): readonly string[] {
  const port = formatRange(renumbering.to);
  const hostIp = publishes[0]?.hostIp ?? '';
  const address = hostIp.includes(':') ? `[${hostIp}]` : hostIp;
  const values = hostIp === '' ? [port] : [port, `${address}:${port}`];
  if (value === undefined || /[^\w.:/[\]-]/.test(value)) return values;
  rewriteTemplate(value, renumbering, (candidate) => {
    values.push(candidate);
    return false;
  });
  return values;
}

function noVariable({ entry }: EditSite): SkipReason {
  const message = `the host port of "${entry.text}" has no variable of its own`;
  return { reason: 'no-variable', message };
}

function unverifiedReason(
  { change, result }: Unverified<Setting>,
  project: ComposeProject,
  file: string,
): SkipReason {
  const { name, moves } = change;
  if (result instanceof Error) {
    const message = `the project does not load with another value of ${name}: ${result.message}`;
    return { reason: 'unverified', message };
  }
  const moved = new Set(moves.map(({ publish }) => publish));
  const others = project.services
    .flatMap((service) => publishesOf(service))
    .filter((publish) => !moved.has(publish) && publish.entry.variables.includes(name));
  if (others.length > 0) return sharedVariable(name);
  const message = `${name} is also set after the block in ${file}, or in a later env file`;
  return { reason: 'variable-outside', message };
}

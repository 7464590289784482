import { dirname, relative, sep } from 'node:path';
import { formatRange } from '../../../model/ports/port.ts';
import { isProjectFileName } from '../../files/find-files.ts';
import { shownPath } from '../../files/paths.ts';
import type { ComposeProject } from '../../project.ts';
import { publishesOf } from '../../project.ts';
import type { SkippedMove, SkipReason } from '../edit.ts';
import { portTexts } from '../expected-ports.ts';
import type { Move } from '../moves.ts';
import { type EditResult, skipDropped, skipMoves } from '../outcome.ts';
import { applyChanges, type TextChange } from '../text-change.ts';
import { type Change, type Unverified, verify } from '../verify.ts';
import { readTextIfExists, type VirtualFiles } from '../virtual-files.ts';
import type { Workspace } from '../workspace.ts';
import { findAliasUses } from './alias-uses.ts';
import { type EditSite, findEditSites, isSkipped, renumberingOf } from './edit-sites.ts';
import { findExtendedFiles } from './extended-files.ts';
import { type Renumbering, rewriteTemplate } from './renumber.ts';
import { formatSite, readSite, templateMatches } from './site-text.ts';

/**
 * Moves ports in the compose files themselves: only the numbers change, everything else stays byte for byte. What
 * comes out was loaded again and publishes exactly what was planned.
 */
export function editFiles(workspace: Workspace, moves: readonly Move[]): EditResult {
  const { project } = workspace;
  const draft = createDraft(workspace);
  const refused: SkippedMove[] = [];
  const changes: SiteChange[] = [];
  for (const site of findEditSites(project, moves)) {
    const change = draft.changeOf(site);
    if (isSkipped(change)) refused.push(...skipMoves(site.moves, change));
    else changes.push({ site, change, moves: site.moves });
  }
  const proof = verify(
    changes,
    (steps) => ({
      texts: draft.textsWith(steps.map(({ change }) => change)),
      expected: portTexts(
        project,
        steps.flatMap((step) => step.moves),
      ),
    }),
    workspace,
  );
  return {
    texts: proof.texts,
    skipped: [...refused, ...skipDropped(proof, unverifiedReason)],
  };
}

interface SiteChange extends Change {
  readonly site: EditSite;
  readonly change: TextChange;
}

function createDraft({ project, options, fileSystem, lookup }: Workspace) {
  const texts = new Map<string, string>();
  const textOf = (path: string) => {
    const text = texts.get(path) ?? readTextIfExists(fileSystem, path) ?? '';
    texts.set(path, text);
    return text;
  };
  const uses = findAliasUses(options);
  const extended = findExtendedFiles(project, options);

  function changeOf(site: EditSite): TextChange | SkipReason {
    const { entry, range } = site;
    const foreign = foreignFileReason(range.path, project, options.cwd, extended);
    if (foreign !== undefined) return foreign;
    if (uses.outsidePorts(range)) {
      const message = `"${entry.text}" has an anchor, which something else than ports uses too`;
      return { reason: 'used-elsewhere', message };
    }
    const renumbering = renumberingOf(site);
    if (isSkipped(renumbering)) return renumbering;
    if (renumbering.from === undefined && isUnset(site, project)) return notRewrittenReason(site);
    const text = textOf(range.path);
    return entry.syntax === 'long' && entry.publishedRange === undefined
      ? withPublished(site, text, renumbering)
      : renumber(site, text, renumbering);
  }

  function renumber(
    site: EditSite,
    text: string,
    renumbering: Renumbering,
  ): TextChange | SkipReason {
    const siteText = readSite(site, text);
    if (isSkipped(siteText)) return siteText;
    const means = templateMatches(site, renumbering);
    const template = rewriteTemplate(siteText.template, renumbering, (one) => means(one, lookup));
    if (template === undefined) return notRewrittenReason(site);
    return { ...site.range, text: formatSite(site, siteText, template) };
  }

  return {
    changeOf,
    textsWith(changes: readonly TextChange[]): VirtualFiles {
      const paths = [...new Set(changes.map(({ path }) => path))];
      return new Map(paths.map((path) => [path, applyChanges(path, textOf(path), changes)]));
    },
  };
}

function foreignFileReason(
  path: string,
  { directory, files }: ComposeProject,
  cwd: string,
  extended: ReadonlySet<string>,
): SkipReason | undefined {
  if (files.includes(path)) return undefined;
  const shown = shownPath(path, cwd);
  if (relative(directory, path).split(sep)[0] === '..') {
    return { reason: 'outside-project', message: `${shown} lies outside of the project's folder` };
  }
  const isProject = isProjectFileName(path) && dirname(path) !== directory && extended.has(path);
  return isProject
    ? { reason: 'other-project', message: `${shown} is the file of a project of its own` }
    : undefined;
}

/** Beside a variable that may get a value one day, a number must not be set. */
function isUnset({ entry: { range } }: EditSite, { services }: ComposeProject): boolean {
  const unknown = services.flatMap(({ unknownPorts }) => unknownPorts.map(({ entry }) => entry));
  return unknown.some((one) => one.range.start === range.start && one.range.path === range.path);
}

function notRewrittenReason({ entry }: EditSite): SkipReason {
  if (entry.variables.length === 0) {
    return {
      reason: 'not-editable',
      message: `"${entry.text}" holds no number that could be changed`,
    };
  }
  const names = entry.variables.join(', ');
  const message = `"${entry.text}" takes its port from ${names}, which the file does not set`;
  return { reason: 'variable', message };
}

/** The key is set in front of the others, where it needs no look at how their values end. */
function withPublished({ range }: EditSite, text: string, { to }: Renumbering): TextChange {
  const { path, start } = range;
  const value = `"${formatRange(to)}"`;
  if (text[start] === '{') {
    const at = start + 1;
    const key = /^\s*"/.test(text.slice(at, at + 200)) ? '"published"' : 'published';
    return { path, start: at, end: at, text: `${key}: ${value}, ` };
  }
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const newline = text.slice(start).match(/\r?\n/)?.[0] ?? '\n';
  const indent = ' '.repeat(start - lineStart);
  return { path, start, end: start, text: `published: ${value}${newline}${indent}` };
}

function unverifiedReason({ change, result }: Unverified<SiteChange>): SkipReason {
  const { entry } = change.site;
  if (result instanceof Error) {
    const message = `with "${entry.text}" changed, the project does not load: ${result.message}`;
    return { reason: 'unverified', message };
  }
  const left = change.moves.find(({ service, publish }) => {
    const found = result.services.find(({ name }) => name === service);
    return found !== undefined && publishesOf(found).some(({ key }) => key === publish.key);
  });
  if (left !== undefined && entry.variables.length === 0) {
    const message = `another entry of "${left.service}" publishes the same as "${entry.text}"`;
    return { reason: 'written-twice', message };
  }
  if (left !== undefined) return notRewrittenReason(change.site);
  return {
    reason: 'unverified',
    message: `a change of "${entry.text}" would change other ports too`,
  };
}

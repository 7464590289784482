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
 * Moves ports in the Compose files: only the numbers change, everything else stays byte for byte. The result has been
 * loaded again and publishes exactly the planned ports.
 */
export function editFiles(workspace: Workspace, moves: readonly Move[]): EditResult {
  const { project } = workspace;
  const draft = createDraft(workspace);
  const skipped: SkippedMove[] = [];
  const changes: SiteChange[] = [];
  for (const site of findEditSites(project, moves)) {
    const change = draft.changeOf(site);
    if (isSkipped(change)) skipped.push(...skipMoves(site.moves, change));
    else changes.push({ site, change, moves: site.moves });
  }
  const verified = verify(
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
    texts: verified.texts,
    skipped: [...skipped, ...skipDropped(verified, unverifiedReason)],
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
      const message = `"${entry.text}" has an anchor that is also used outside ports`;
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
    const matches = templateMatches(site, renumbering);
    const template = rewriteTemplate(siteText.template, renumbering, (candidate) =>
      matches(candidate, lookup),
    );
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
    return { reason: 'outside-project', message: `${shown} is outside the project's folder` };
  }
  const isProject = isProjectFileName(path) && dirname(path) !== directory && extended.has(path);
  return isProject
    ? { reason: 'other-project', message: `${shown} belongs to another project` }
    : undefined;
}

/** Whether the port is an unset variable. A number beside it would be wrong as soon as the variable is set. */
function isUnset({ entry: { range } }: EditSite, { services }: ComposeProject): boolean {
  const ranges = services.flatMap(({ unknownPorts }) =>
    unknownPorts.map(({ entry }) => entry.range),
  );
  return ranges.some(({ path, start }) => start === range.start && path === range.path);
}

function notRewrittenReason({ entry }: EditSite): SkipReason {
  if (entry.variables.length === 0) {
    return {
      reason: 'not-editable',
      message: `"${entry.text}" has no literal host port to change`,
    };
  }
  const names = entry.variables.join(', ');
  const message = `the host port of "${entry.text}" comes from ${names}, which the file does not set`;
  return { reason: 'variable', message };
}

/** Inserts `published` before the other keys, because finding the end of their values would need parsing. */
function withPublished({ range }: EditSite, text: string, { to }: Renumbering): TextChange {
  const { path, start } = range;
  const value = `"${formatRange(to)}"`;
  if (text[start] === '{') {
    const offset = start + 1;
    const key = /^\s*"/.test(text.slice(offset, offset + 200)) ? '"published"' : 'published';
    return { path, start: offset, end: offset, text: `${key}: ${value}, ` };
  }
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const newline = text.slice(start).match(/\r?\n/)?.[0] ?? '\n';
  const indent = ' '.repeat(start - lineStart);
  return { path, start, end: start, text: `published: ${value}${newline}${indent}` };
}

function unverifiedReason({ change, result }: Unverified<SiteChange>): SkipReason {
  const { entry } = change.site;
  if (result instanceof Error) {
    const message = `the project does not load with "${entry.text}" changed: ${result.message}`;
    return { reason: 'unverified', message };
  }
  const unchanged = change.moves.find(({ service: name, publish }) => {
    const service = result.services.find((candidate) => candidate.name === name);
    return service !== undefined && publishesOf(service).some(({ key }) => key === publish.key);
  });
  if (unchanged !== undefined && entry.variables.length === 0) {
    const message = `another entry of "${unchanged.service}" publishes the same as "${entry.text}"`;
    return { reason: 'written-twice', message };
  }
  if (unchanged !== undefined) return notRewrittenReason(change.site);
  return {
    reason: 'unverified',
    message: `changing "${entry.text}" would also change other ports`,
  };
}

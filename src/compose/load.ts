import { PortplanError } from '../errors.ts';
import { findProjectFiles } from './files/find-files.ts';
import { loadLayers } from './files/layers.ts';
import { createScope, type LoadContext, loadDocuments } from './files/load-context.ts';
import { shownPath } from './files/paths.ts';
import { type CompleteOptions, type ComposeOptions, withDefaults } from './options.ts';
import { warnAboutPorts } from './ports/warnings.ts';
import type { ComposeProject, ComposeService } from './project.ts';
import { checkConsistency } from './services/consistency.ts';
import { readExtension } from './services/extension.ts';
import { activeProfiles } from './services/profiles.ts';
import { projectName } from './services/project-name.ts';
import { readResources } from './services/resources.ts';
import { readServices } from './services/services.ts';
import { unknownService } from './services/unknown-service.ts';
import { collectWarnings, type Warnings } from './warnings.ts';
import { guardNesting } from './yaml/nesting-limit.ts';

/**
 * Finds and loads a Compose project as `docker compose` does, as far as published ports are concerned. Everything else
 * that Compose rejects is a warning, or an error with `strict`. Where Compose versions differ, the newest one decides.
 * @throws PortplanError `invalid-input` or `invalid-publish` with a location, for invalid files and invalid ports.
 */
export function loadProject(options: ComposeOptions): ComposeProject {
  const complete = withDefaults(options);
  const warnings = collectWarnings({ strict: complete.strict });
  try {
    return guardNesting(complete.files[0] ?? complete.cwd, () => load(complete, warnings));
  } catch (error) {
    throw warnings.redactor.redactError(error);
  }
}

function load(complete: CompleteOptions, warnings: Warnings): ComposeProject {
  const { shownFrom } = complete;
  const { environment, directory, files, envFiles } = findProjectFiles(complete, warnings);
  const reader = { ...complete, cwd: shownFrom, warnings, filesRead: new Set<string>() };
  const documents = files.flatMap((file) => loadDocuments(file, reader));
  const name = projectName(
    { flag: complete.projectName, environment, documents, directory },
    complete.platform,
    warnings,
  );

  const context: LoadContext = { ...reader, project: name, envFiles: new Set(envFiles) };
  const named = new Map(environment).set('COMPOSE_PROJECT_NAME', name);
  const model = loadLayers(files, createScope(directory, named, context.platform), context);
  if (model === undefined) throw emptyFile(files, shownFrom);
  const profiles = activeProfiles(complete.profiles, environment);
  const selection = { project: name, profiles, named: complete.services };
  const services = readServices(model, selection, warnings);
  requireServices(complete.services, services);
  warnAboutPorts(model, services, warnings);
  checkConsistency(model, services, warnings);
  return {
    name,
    directory,
    files,
    filesRead: [...context.filesRead],
    envFiles: [...context.envFiles],
    profiles: profiles.filter((profile) => profile !== ''),
    services,
    resources: readResources(model),
    ...readExtension(model),
    warnings: warnings.list,
  };
}

function requireServices(named: readonly string[], services: readonly ComposeService[]): void {
  const unknown = named.find((name) => !services.some((service) => service.name === name));
  if (unknown !== undefined) throw unknownService(unknown, services);
}

function emptyFile(files: readonly string[], cwd: string): PortplanError {
  const file = shownPath(files[0] ?? '-', cwd);
  return new PortplanError('invalid-input', `${file} is empty`, {
    reason: 'schema',
    hint: 'define the services under the top-level key services',
    location: { file, line: 1, column: 1 },
  });
}

import type { ComposeProject, ComposePublish, ComposeService } from '../../compose/project.ts';
import type { Conflict } from '../../model/findings/conflict.ts';
import type { Rules } from '../../model/host/engine-traits.ts';
import { isWildcard } from '../../model/ports/address.ts';
import { findProjectConflicts } from '../../planner/project-conflicts.ts';
import { applySuppressions } from './suppressions.ts';

/** The publishes to check on the host, and the findings of the files alone. */
export interface ProjectFindings {
  /** The publishes that `up` would make. */
  readonly publishes: readonly ComposePublish[];
  readonly conflicts: readonly Conflict[];
}

interface FindingOptions {
  /** Also report the ports that are open on every address. */
  readonly exposed?: boolean | undefined;
}

/** Returns the publishes and the findings of projects, from their files alone. */
export function findProjectFindings(
  projects: readonly ComposeProject[],
  rules: Rules,
  options: FindingOptions = {},
): ProjectFindings {
  const services = projects.flatMap((project) => project.services);
  const publishing = services.map((service) => ({
    ...service,
    publishes: publishDisabledReason(service) === undefined ? service.publishes : [],
  }));
  const publishes = publishing
    .filter(({ enabled, replicas }) => enabled && replicas !== 0)
    .flatMap((service) => service.publishes);
  const conflicts = [
    ...projects.flatMap(fileFindings),
    ...services.flatMap(networkFindings),
    ...findProjectConflicts(publishing, rules),
    ...(options.exposed
      ? publishes.filter(({ address }) => isWildcard(address)).map(exposure)
      : []),
  ];
  return {
    publishes,
    conflicts: conflicts.map((conflict) => applySuppressions(conflict, projects)),
  };
}

function fileFindings({ warnings }: ComposeProject): readonly Conflict[] {
  return warnings.map(({ code, message, location }) => ({
    code,
    message,
    location,
    certainty: 'certain',
    severity: 'warning',
  }));
}

function exposure(publish: ComposePublish): Conflict {
  return { code: 'exposed', publish, certainty: 'certain', severity: 'warning' };
}

/** Returns why the network mode of a service disables publishing, if so (compose: create.go; the engine's network modes). */
function publishDisabledReason({ networkMode, networks }: ComposeService): string | undefined {
  if (networkMode === 'host')
    return 'with network_mode host the program uses the host ports directly';
  if (networkMode === 'none') return 'with network_mode none there is no network';
  if (networkMode?.startsWith('service:') || networkMode?.startsWith('container:'))
    return `it uses the network of ${networkMode}`;
  return networks.length > 0 && networks.every(({ internal }) => internal)
    ? 'all its networks are internal'
    : undefined;
}

function networkFindings(service: ComposeService): readonly Conflict[] {
  const reason = publishDisabledReason(service);
  if (reason === undefined) return [];
  const shared =
    service.networkMode?.startsWith('service:') || service.networkMode?.startsWith('container:');
  return service.publishes.map((publish): Conflict => {
    if (!shared)
      return {
        code: 'ports-ignored',
        publish,
        why: reason,
        certainty: 'certain',
        severity: 'warning',
      };
    const rejection =
      'ports cannot be published with the network of another container; publish them there';
    const severity = service.enabled ? 'error' : 'warning';
    return { code: 'engine-refuses', publish, why: rejection, certainty: 'certain', severity };
  });
}

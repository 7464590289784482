import type { ComposeProject, ComposePublish, ComposeService } from '../../compose/project.ts';
import type { Conflict } from '../../model/findings/conflict.ts';
import type { Rules } from '../../model/host/engine-traits.ts';
import { isWildcard } from '../../model/ports/address.ts';
import { findProjectConflicts } from '../../planner/project-conflicts.ts';
import { applySuppressions } from './suppressions.ts';

/** A project, split into what is checked and what is only told. */
export interface ProjectFindings {
  /** What `up` would publish. */
  readonly publishes: readonly ComposePublish[];
  readonly conflicts: readonly Conflict[];
}

interface FindingOptions {
  /** Also tell which ports are open on every address. */
  readonly exposed?: boolean | undefined;
}

/** Everything about a project that its files alone tell. */
export function findProjectFindings(
  projects: readonly ComposeProject[],
  rules: Rules,
  options: FindingOptions = {},
): ProjectFindings {
  const services = projects.flatMap((project) => project.services);
  const publishing = services.map((service) => ({
    ...service,
    publishes: publishesNothing(service) === undefined ? service.publishes : [],
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

/** Why the network of a service publishes nothing, if so (compose: create.go; the engine's network modes). */
function publishesNothing({ networkMode, networks }: ComposeService): string | undefined {
  if (networkMode === 'host')
    return 'with network_mode host the program uses the ports of the host itself';
  if (networkMode === 'none') return 'with network_mode none there is no network';
  if (networkMode?.startsWith('service:') || networkMode?.startsWith('container:'))
    return `the network is that of ${networkMode}`;
  return networks.length > 0 && networks.every(({ internal }) => internal)
    ? 'all its networks are internal'
    : undefined;
}

function networkFindings(service: ComposeService): readonly Conflict[] {
  const why = publishesNothing(service);
  if (why === undefined) return [];
  const shared =
    service.networkMode?.startsWith('service:') || service.networkMode?.startsWith('container:');
  return service.publishes.map((publish): Conflict => {
    if (!shared)
      return { code: 'ports-ignored', publish, why, certainty: 'certain', severity: 'warning' };
    const refusal =
      'port publishing and a network of another container exclude each other; publish it there';
    const severity = service.enabled ? 'error' : 'warning';
    return { code: 'engine-refuses', publish, why: refusal, certainty: 'certain', severity };
  });
}

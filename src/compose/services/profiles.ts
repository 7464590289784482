import type { Environment } from '../variables/environment.ts';

/** The fields of a service that decide whether Compose starts it. */
export interface Startable {
  readonly name: string;
  readonly profiles: readonly string[];
  readonly dependsOn: readonly string[];
}

/**
 * Returns the active profiles: those of the flags, else of COMPOSE_PROFILES (comma-separated). Without either, the list
 * holds one empty name, as for Compose: it enables a service whose profile is an empty string.
 */
export function activeProfiles(
  flags: readonly string[],
  environment: Environment,
): readonly string[] {
  if (flags.length > 0) return flags;
  const listed = (environment.get('COMPOSE_PROFILES') ?? '').split(',');
  return listed.map((profile) => profile.trim());
}

/**
 * Returns the names of the services that `docker compose up [SERVICE…]` starts: those without a profile or with an
 * active one (`*` activates all). Naming services activates their profiles, and starts only them and their dependencies.
 */
export function startedServices(
  services: readonly Startable[],
  profiles: readonly string[],
  named: readonly string[],
): ReadonlySet<string> {
  const implied = services
    .filter(({ name }) => named.includes(name))
    .flatMap((service) => service.profiles);
  const active = new Set([...profiles, ...implied]);
  const enabled = services.filter((service) => {
    return (
      service.profiles.length === 0 ||
      active.has('*') ||
      service.profiles.some((profile) => active.has(profile))
    );
  });
  return named.length === 0
    ? new Set(enabled.map(({ name }) => name))
    : withDependencies(enabled, named);
}

function withDependencies(
  enabled: readonly Startable[],
  named: readonly string[],
): ReadonlySet<string> {
  const byName = new Map(enabled.map((service) => [service.name, service]));
  const started = new Set<string>();
  const queue = [...named];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const service = byName.get(name);
    if (service === undefined || started.has(name)) continue;
    started.add(name);
    queue.push(...service.dependsOn);
  }
  return started;
}

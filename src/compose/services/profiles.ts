import type { Environment } from '../variables/environment.ts';

/** What decides whether a service starts. */
export interface Startable {
  readonly name: string;
  readonly profiles: readonly string[];
  readonly dependsOn: readonly string[];
}

/**
 * The active profiles: those of the flags, which replace COMPOSE_PROFILES (a comma list). Without any it is the empty
 * one, as for Compose: it enables a service whose profile is an empty text.
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
 * The names of the services that `docker compose up [SERVICE…]` would start: without a profile or with an active one
 * (`*` is every one). Naming services activates their profiles, and starts only them and what they depend on.
 */
export function startedServices(
  services: readonly Startable[],
  profiles: readonly string[],
  named: readonly string[],
): ReadonlySet<string> {
  const own = services.filter(({ name }) => named.includes(name)).flatMap((one) => one.profiles);
  const active = new Set([...profiles, ...own]);
  const enabled = services.filter((service) => {
    return (
      service.profiles.length === 0 ||
      active.has('*') ||
      service.profiles.some((profile) => active.has(profile))
    );
  });
  return named.length === 0 ? new Set(enabled.map(({ name }) => name)) : closure(enabled, named);
}

function closure(enabled: readonly Startable[], named: readonly string[]): ReadonlySet<string> {
  const byName = new Map(enabled.map((service) => [service.name, service]));
  const started = new Set<string>();
  const waiting = [...named];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const service = byName.get(name);
    if (service === undefined || started.has(name)) continue;
    started.add(name);
    waiting.push(...service.dependsOn);
  }
  return started;
}

import type { Assignment } from '../model/findings/plan.ts';

/** A container port, published or not. */
interface ContainerPort {
  readonly target: number;
  readonly protocol: string;
}

/** Ports of a create request (moby: api/swagger.yaml, PortMap). */
export interface ContainerPortSettings {
  readonly ExposedPorts: Readonly<Record<string, Readonly<Record<string, never>>>>;
  readonly PortBindings: Readonly<
    Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[]>
  >;
}

/** Returns the planned ports in the engine's format. Each publish also exposes its container port, as docker does. */
export function toContainerPortSettings(
  assignments: readonly Assignment[],
  exposed: readonly ContainerPort[],
): ContainerPortSettings {
  const ports: readonly ContainerPort[] = [
    ...assignments.map(({ publish }) => publish),
    ...exposed,
  ];
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const { publish, address, port } of assignments) {
    const key = keyOf(publish);
    bindings[key] ??= [];
    // The address is valid here. Engines before 29 bind all addresses when they cannot parse it.
    bindings[key].push({ HostIp: address === '*' ? '' : address, HostPort: `${port}` });
  }
  return {
    ExposedPorts: Object.fromEntries(ports.map((port) => [keyOf(port), {}])),
    PortBindings: bindings,
  };
}

function keyOf({ target, protocol }: ContainerPort): string {
  return `${target}/${protocol}`;
}

import type { Assignment } from '../model/findings/plan.ts';

/** A container port, published or not. */
interface ContainerPort {
  readonly target: number;
  readonly protocol: string;
}

/** The ports of a create request (moby: api/swagger.yaml, PortMap). */
export interface PortSettings {
  readonly ExposedPorts: Readonly<Record<string, Readonly<Record<string, never>>>>;
  readonly PortBindings: Readonly<
    Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[]>
  >;
}

/** The planned ports as the engine wants them; each publish also exposes its port, as docker does. */
export function toPortSettings(
  assignments: readonly Assignment[],
  exposed: readonly ContainerPort[],
): PortSettings {
  const ports: readonly ContainerPort[] = [
    ...assignments.map(({ publish }) => publish),
    ...exposed,
  ];
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const { publish, address, port } of assignments) {
    const key = keyOf(publish);
    bindings[key] ??= [];
    // The text of the address is checked by now: engines before 29 take one that they cannot read for any.
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

import { PortplanError } from '../../errors.ts';

/** Returns the `invalid-usage` error for a service that the project does not define; its hint lists the services. */
export function unknownService(
  name: string,
  services: readonly { readonly name: string }[],
): PortplanError {
  return new PortplanError('invalid-usage', `unknown service "${name}"`, {
    reason: 'no-such-service',
    hint: `use one of ${services.map((service) => service.name).join(', ')}`,
  });
}

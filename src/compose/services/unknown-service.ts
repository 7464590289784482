import { PortplanError } from '../../errors.ts';

/** The error for the name of a service that the project does not have. */
export function unknownService(
  name: string,
  services: readonly { readonly name: string }[],
): PortplanError {
  return new PortplanError('invalid-usage', `the project has no service "${name}"`, {
    reason: 'no-such-service',
    hint: `it has ${services.map((service) => service.name).join(', ')}`,
  });
}

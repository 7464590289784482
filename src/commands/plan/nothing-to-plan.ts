import { PortplanError } from '../../errors.ts';

/** Neither ports nor an image nor a compose project. */
export function nothingToPlan(): PortplanError {
  return new PortplanError('invalid-usage', 'nothing to plan: no compose file is here', {
    hint: 'name a compose project, ports, publishes or an image: portplan plan ./shop, portplan plan 8080:80, portplan plan nginx:1.25',
  });
}

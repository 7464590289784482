import type { ExposedPort } from '../../../engine/images/images.ts';
import { highestPort, isProtocol } from '../../../model/ports/port.ts';
import { invalidFlag } from '../flag-error.ts';

/**
 * Parses a value of `--expose`, `PORT[-LAST][/PROTOCOL]`: one entry per port, without duplicates.
 * @throws PortplanError `invalid-usage`
 */
export function parseExpose(text: string): readonly ExposedPort[] {
  const [, firstText = '', lastText = firstText, protocolText = 'tcp'] =
    /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(.*))?$/.exec(text) ?? [];
  const [first, last, protocol] = [
    Number(firstText),
    Number(lastText),
    protocolText.toLowerCase() || 'tcp',
  ];
  if (firstText === '' || last > highestPort || last < first || !isProtocol(protocol)) {
    throw invalidFlag(
      'expose',
      text,
      'not a port',
      'expected PORT, FIRST-LAST or PORT/udp, up to 65535',
    );
  }
  return Array.from({ length: last - first + 1 }, (_, offset) => ({
    target: first + offset,
    protocol,
  }));
}

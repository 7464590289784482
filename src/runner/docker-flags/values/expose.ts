import { highestPort, isProtocol, type Protocol } from '../../../model/ports/port.ts';
import { invalidFlag } from '../flag-error.ts';

/** A port that the program in the container listens on. */
export interface ExposedPort {
  readonly target: number;
  readonly protocol: Protocol;
}

/**
 * Reads a value of `--expose`, `PORT[-LAST][/PROTOCOL]`: one entry per port, none twice.
 * @throws PortplanError `invalid-usage`
 */
export function parseExpose(text: string): readonly ExposedPort[] {
  const [, firstText = '', lastText = firstText, written = 'tcp'] =
    /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(.*))?$/.exec(text) ?? [];
  const [first, last, protocol] = [
    Number(firstText),
    Number(lastText),
    written.toLowerCase() || 'tcp',
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

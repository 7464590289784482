import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of what was recorded of the sockets of operating systems. */
export const recordings = join(import.meta.dirname, '../../fixtures/processes');

/** The text of a recording. */
export function readRecording(file: string): string {
  return readFileSync(join(recordings, file), 'utf8');
}

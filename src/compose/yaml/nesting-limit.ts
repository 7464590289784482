import { PortplanError } from '../../errors.ts';

/**
 * Runs a recursive function on a file and returns its result.
 * @throws PortplanError `invalid-input` if the stack overflows.
 */
export function guardNesting<Result>(file: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (!isOverflow(error)) throw error;
    throw nestingTooDeep(file);
  }
}

/** Compares the name, because a different realm (as in Jest) has its own RangeError class. */
function isOverflow(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'name' in error && error.name === 'RangeError'
  );
}

/** Returns the error for a file that is nested too deeply to be read. */
export function nestingTooDeep(file: string): PortplanError {
  return new PortplanError('invalid-input', `${file} is nested too deeply`, {
    reason: 'invalid-yaml',
    hint: 'flatten the file, or its chain of extends and depends_on',
    location: { file, line: 1, column: 1 },
  });
}

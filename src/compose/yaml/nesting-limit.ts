import { PortplanError } from '../../errors.ts';

/**
 * Runs something whose depth the files decide.
 * @throws PortplanError `invalid-input` where it is too deep for the stack.
 */
export function guardNesting<Result>(file: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (!isOverflow(error)) throw error;
    throw nestingTooDeep(file);
  }
}

/** By name: where code runs in a context of its own, Node's RangeError is another one. */
function isOverflow(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'name' in error && error.name === 'RangeError'
  );
}

/** The error for a file that nests deeper than anything a person writes. */
export function nestingTooDeep(file: string): PortplanError {
  return new PortplanError('invalid-input', `${file} is nested too deeply`, {
    reason: 'invalid-yaml',
    hint: 'flatten the file, or its chain of extends and depends_on',
    location: { file, line: 1, column: 1 },
  });
}

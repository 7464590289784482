import type { ExplainedError } from '../model/findings/explanation.ts';
import type { PortError } from '../model/findings/port-error.ts';
import type { ErrorFacts } from './facts.ts';
import { explainCode } from './meanings.ts';
import { pitfallsFor } from './pitfalls.ts';
import { remediesFor } from './remedies.ts';

/** Returns an error with its meaning, remedies and pitfalls. Pure: all observations are in `facts`. */
export function explainError(error: PortError, facts: ErrorFacts): ExplainedError {
  const { status, holders, suggestion } = facts;
  return {
    error,
    meaning: explainCode(error),
    status,
    holders,
    remedies: remediesFor(error, facts),
    pitfalls: pitfallsFor(error, facts),
    suggestion,
  };
}

import type { ExplainedFault } from '../model/findings/explanation.ts';
import type { PortFault } from '../model/findings/port-error.ts';
import type { FaultFacts } from './facts.ts';
import { meaningOf } from './meanings.ts';
import { trapsFor } from './pitfalls.ts';
import { remediesFor } from './remedies.ts';

/** Puts an error in plain words, with what helps and what leads astray. Pure: the world is in the facts. */
export function explainFault(fault: PortFault, facts: FaultFacts): ExplainedFault {
  const { status, holders, suggestion } = facts;
  return {
    fault,
    meaning: meaningOf(fault),
    status,
    holders,
    remedies: remediesFor(fault, facts),
    traps: trapsFor(fault, facts),
    suggestion,
  };
}

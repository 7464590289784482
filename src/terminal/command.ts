import type { EndpointRequest } from '../engine/connect/endpoints.ts';
import type { Flags, Values } from './flags.ts';
import type { Io } from './io.ts';

/** A command of the program: its help, its flags, and what it does. */
export interface Command {
  readonly name: string;
  /** What follows the name: `[target...]`. */
  readonly operands: string;
  /** The same with the flags in the words of its help, where that says more. */
  readonly usage?: string;
  /** What they are, by name. */
  readonly operandHelp?: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly examples: readonly (readonly [command: string, what: string])[];
  readonly flags: Flags;
  /** What stands behind `--` is for another program, and no operands. */
  readonly passesThrough?: true;
  /** Does the work; gives the exit code. `passed` is what stands behind `--`, where that is no operands. */
  run(
    operands: readonly string[],
    values: Values,
    io: Io,
    passed: readonly string[],
  ): Promise<number>;
}

/** The engine that the common flags name, and how long it may take. */
export function toEngineRequest(values: Values): EndpointRequest & { readonly timeoutMs: number } {
  return {
    host: values.text('host'),
    context: values.text('context'),
    timeoutMs: (values.number('timeout') ?? 5) * 1000,
  };
}

/** A parser of untrusted input. */
export interface Target {
  /** Also the folder of its saved inputs. */
  readonly name: string;
  /** Valid inputs to start from, besides the saved ones. */
  readonly seeds: readonly Buffer[];
  /** Tokens of its grammar, to insert into inputs. */
  readonly words?: readonly string[];
  /** Whether inputs are also changed as JSON trees. */
  readonly tree?: boolean;
  /** Fraction of the rounds, for slow targets. Default 1. */
  readonly share?: number;
  /** Returns, or throws PortplanError; anything else that it throws is a finding. */
  run(input: Buffer): unknown;
}

/** Returns texts as seeds. */
export function seedsOf(...texts: readonly string[]): readonly Buffer[] {
  return texts.map((text) => Buffer.from(text));
}

/** A finding that is not an exception. */
export class Finding extends Error {}

/** @throws Finding unless it holds */
export function must(holds: boolean, why: string): void {
  if (!holds) throw new Finding(why);
}

/** Something that reads what strangers have written. */
export interface Target {
  /** Also the folder of its kept inputs. */
  readonly name: string;
  /** Sound inputs to begin with, beside the kept ones. */
  readonly seeds: readonly Buffer[];
  /** What its grammar is made of, to be put into inputs. */
  readonly words?: readonly string[];
  /** Whether inputs are changed as trees of JSON too. */
  readonly tree?: boolean;
  /** A part of the rounds, for targets that take longer. Default 1. */
  readonly share?: number;
  /** Returns, or throws PortplanError; anything else that it throws is a finding. */
  run(input: Buffer): unknown;
}

/** Seeds of texts. */
export function seedsOf(...texts: readonly string[]): readonly Buffer[] {
  return texts.map((text) => Buffer.from(text));
}

/** A finding that is no exception. */
export class Finding extends Error {}

/** @throws Finding unless it holds */
export function must(holds: boolean, why: string): void {
  if (!holds) throw new Finding(why);
}

import { type Flag, listFlags } from '../model/flags/flag.ts';
import { engineFlags, outputFlags } from '../model/flags/shared-flags.ts';

/** The arguments around the name of the command. */
export interface SplitArguments {
  readonly command: string | undefined;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Splits at the name of the command: the first argument that is neither a flag nor the value of one. */
export function splitCommand(args: readonly string[]): SplitArguments {
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? '';
    if (!word.startsWith('-'))
      return { command: word, before: args.slice(0, index), after: args.slice(index + 1) };
    if (takesValue(word)) index += 1;
  }
  return { command: undefined, before: args, after: [] };
}

function takesValue(word: string): boolean {
  const flags: readonly Flag[] = listFlags({ engineFlags, outputFlags });
  return flags.some(
    ({ name, short, kind }) =>
      kind !== 'boolean' && (word === `--${name}` || (short && word === `-${short}`)),
  );
}

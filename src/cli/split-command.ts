import { commonFlags } from '../terminal/flags.ts';

/** The words around the name of the command. */
export interface SplitArguments {
  readonly command: string | undefined;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Finds the name of the command: the first word that is neither a flag nor the value of one. */
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
  const flag = word.startsWith('--') ? commonFlags[word.slice(2)] : undefined;
  return flag !== undefined && flag.kind !== 'boolean';
}

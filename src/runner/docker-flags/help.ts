import { allFlags, type DockerFlag, type FlagInfo, flagTable } from './flag-table.ts';

const leftWidth = 34;

/** The flags of `portplan run` for the help text, under their headings, in lines of at most `width` where words allow. */
export function formatFlagHelp(width = 100): string {
  return Object.entries(flagTable)
    .map(([title, group]) => {
      const flags = allFlags.filter(({ name }) => Object.hasOwn(group, name));
      const helpOf: Readonly<Record<string, FlagInfo>> = group;
      const lines = flags.map((flag) => formatLine(flag, helpOf[flag.name]?.help ?? '', width));
      return `${title}:\n${lines.join('\n')}`;
    })
    .join('\n\n');
}

function formatLine({ name, short, value }: DockerFlag, help: string, width: number): string {
  const letter = short === undefined ? '   ' : `-${short},`;
  const left = `  ${letter} --${name}${value === undefined ? '' : ` ${value}`}`;
  const indent = ' '.repeat(leftWidth);
  const text = wrap(help, width - leftWidth).join(`\n${indent}`);
  return left.length < leftWidth ? left.padEnd(leftWidth) + text : `${left}\n${indent}${text}`;
}

function wrap(text: string, width: number): readonly string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

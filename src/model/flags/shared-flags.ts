import { flag } from './flag.ts';

/** Flags of commands that choose ports. */
export const planningFlags = {
  'host-ip': flag.text('IP', 'Host address to bind when none is given (images: 127.0.0.1)'),
  range: flag.text('FIRST-LAST', 'Choose ports from this range only'),
  avoid: flag.list('PORTS', 'Never choose this port or range'),
  'on-conflict': flag.text('ACTION=next|fail|ask', 'What to do when a port is taken', {
    defaultHelp: 'next; databases of a project: ask',
  }),
} as const;

/** Flags that select the engine. */
export const engineFlags = {
  context: flag.text('NAME', 'Docker context of the engine'),
  host: flag.text('-H ADDRESS', 'Engine address: unix://, tcp://, ssh:// or npipe://'),
  timeout: flag.number('SECONDS', 'Time the engine may take to respond', { default: '5' }),
} as const;

/** Flags that control the output. */
export const outputFlags = {
  format: flag.text('FORMAT=table|json', 'Output format', { default: 'table' }),
  color: flag.text('WHEN=auto|always|never', 'When to use color', { default: 'auto' }),
  quiet: flag.boolean('-q', 'Print only the result'),
  verbose: flag.boolean('', 'Also list the sources that were read'),
} as const;

import { styleText } from 'node:util';

/** Colours by what they mean. */
export interface Style {
  readonly bad: (text: string) => string;
  readonly doubtful: (text: string) => string;
  readonly good: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

const plain = (text: string) => text;

/** Without colours. */
export const plainStyle: Style = {
  bad: plain,
  doubtful: plain,
  good: plain,
  strong: plain,
  faint: plain,
};

const paint = (format: Parameters<typeof styleText>[0]) => (text: string) =>
  styleText(format, text, { validateStream: false });

export const colourStyle: Style = {
  bad: paint(['bold', 'red']),
  doubtful: paint('yellow'),
  good: paint('green'),
  strong: paint('bold'),
  faint: paint('dim'),
};

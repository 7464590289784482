import { styleText } from 'node:util';

/** Colors by meaning. */
export interface Style {
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly success: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
}

const plain = (text: string) => text;

/** A style without colors. */
export const plainStyle: Style = {
  error: plain,
  warning: plain,
  success: plain,
  bold: plain,
  dim: plain,
};

const paint = (format: Parameters<typeof styleText>[0]) => (text: string) =>
  styleText(format, text, { validateStream: false });

/** A style with the ANSI colors of the terminal. */
export const colorStyle: Style = {
  error: paint(['bold', 'red']),
  warning: paint('yellow'),
  success: paint('green'),
  bold: paint('bold'),
  dim: paint('dim'),
};

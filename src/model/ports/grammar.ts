/**
 * How readers of the publish syntax differ: the docker CLI and Compose link different versions of one parser,
 * docker/go-connections. Measured with versions 0.4.0, 0.5.0 and 0.8.1; 0.6.0 from its source (ports.md §1.1).
 */
export interface PublishGrammar {
  /** IPv6 addresses may stand without brackets (`::1:8080:80`). */
  readonly rawIPv6: boolean;
  /** A plus sign before a number is skipped (`+8080:80`). */
  readonly plusSign: boolean;
  /** What follows a second `-` or a second `/` is ignored instead of refused. */
  readonly ignoresExtraParts: boolean;
  /** Container port 0 gets through the parser and the engine (up to 29.1). */
  readonly zeroTarget: boolean;
}

const goConnections060: PublishGrammar = {
  rawIPv6: true,
  plusSign: true,
  ignoresExtraParts: false,
  zeroTarget: false,
};
const goConnections050: PublishGrammar = {
  rawIPv6: true,
  plusSign: false,
  ignoresExtraParts: true,
  zeroTarget: true,
};
const goConnections040: PublishGrammar = { ...goConnections050, rawIPv6: false };

/** The grammars by the program that reads the text. */
export const publishGrammars = {
  /** Docker CLI 29, Compose 5. */
  current: goConnections060,
  /** Docker CLI 25 to 28, Compose 2.24 to 2.39. */
  'go-connections 0.5': goConnections050,
  /** Docker CLI 20.10 to 24, Compose to 2.20, and Debian's build of Compose 2.40. */
  'go-connections 0.4': goConnections040,
} as const satisfies Record<string, PublishGrammar>;

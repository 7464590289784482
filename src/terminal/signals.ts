import { PortplanError } from '../errors.ts';
import type { Io } from './io.ts';

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** The conventional exit codes of programs that a signal ended: 128 and its number. */
const codes: Readonly<Record<(typeof stopSignals)[number], number>> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGQUIT: 131,
  SIGTERM: 143,
};

/** The signals that this program gets. */
export interface Signals {
  /** Aborts at the first signal, unless signals go elsewhere by then; the reason is an `interrupted` error. */
  readonly signal: AbortSignal;
  /** Hands signals on from now on; without a listener they abort again. */
  forwardTo(listener: ((signal: NodeJS.Signals) => void) | undefined): void;
  /** Aborts as if the signal had come now and were not handed on. */
  abort(signal: NodeJS.Signals): void;
  /** Leaves signals to the system again. */
  stop(): void;
}

/** Catches Ctrl-C and the like, so that what was begun can be undone. */
export function watchSignals(io: Pick<Io, 'on' | 'off'>): Signals {
  const controller = new AbortController();
  let pass: ((signal: NodeJS.Signals) => void) | undefined;
  const abort = (signal: NodeJS.Signals) => controller.abort(interrupted(signal));
  const onSignal = (signal: NodeJS.Signals) => (pass ?? abort)(signal);
  for (const signal of stopSignals) io.on(signal, onSignal);
  return {
    signal: controller.signal,
    forwardTo: (listener) => {
      pass = listener;
    },
    abort,
    stop: () => {
      for (const signal of stopSignals) io.off(signal, onSignal);
    },
  };
}

function interrupted(signal: NodeJS.Signals): PortplanError {
  const exitCode = stopSignals.some((known) => known === signal)
    ? codes[signal as keyof typeof codes]
    : 130;
  return new PortplanError('interrupted', `interrupted by ${signal}`, {
    hint: 'nothing was left behind',
    exitCode,
  });
}

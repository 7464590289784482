import { PortplanError } from '../errors.ts';
import type { Io } from './io.ts';

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** Exit codes after a signal, as shells set them: 128 plus its number. */
const codes: Readonly<Record<(typeof stopSignals)[number], number>> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGQUIT: 131,
  SIGTERM: 143,
};

/** The signals that this process receives. */
export interface Signals {
  /** Aborts at the first signal that is not forwarded; the reason is an `interrupted` error. */
  readonly signal: AbortSignal;
  /** Forwards signals to the listener; `undefined` makes them abort again. */
  forwardTo(listener: ((signal: NodeJS.Signals) => void) | undefined): void;
  /** Aborts as if the signal arrived now and were not forwarded. */
  abort(signal: NodeJS.Signals): void;
  /** Restores the default handling of signals. */
  stop(): void;
}

/** Catches Ctrl-C and other signals, so that a command can roll back. */
export function watchSignals(io: Pick<Io, 'on' | 'off'>): Signals {
  const controller = new AbortController();
  let forward: ((signal: NodeJS.Signals) => void) | undefined;
  const abort = (signal: NodeJS.Signals) => controller.abort(interrupted(signal));
  const onSignal = (signal: NodeJS.Signals) => (forward ?? abort)(signal);
  for (const signal of stopSignals) io.on(signal, onSignal);
  return {
    signal: controller.signal,
    forwardTo: (listener) => {
      forward = listener;
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

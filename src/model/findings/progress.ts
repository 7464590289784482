/** The progress of a task that may take long. */
export interface Progress {
  /** The unit of `done` and `total`. */
  readonly of: 'files' | 'containers';
  readonly done: number;
  readonly total: number;
}

/** Called after each step. */
export type OnProgress = (progress: Progress) => void;

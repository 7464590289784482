/** How far work has come that may take long. */
export interface Progress {
  /** What is counted. */
  readonly of: 'files' | 'containers';
  readonly done: number;
  readonly total: number;
}

/** Called after each step. */
export type OnProgress = (progress: Progress) => void;

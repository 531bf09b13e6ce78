export interface VerifyOptions {
  /** Whose epochs of the stream. */
  readonly consumer: string;
  /** Length of a window where no row of the tables tells it. */
  readonly windowLengthMs: number;
  /** Aborted: its reason is thrown. Nothing is ever written. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: VerifyProgress) => void;
}

export interface VerifyProgress {
  readonly stage: 'batch' | 'stream' | 'archive';
  readonly done: number;
  readonly total: number;
  readonly unit: 'bytes' | 'epochs';
}

import type { StreamManifest } from '../../../lambdas/shared/state/stream-manifest.ts';

/** Events of a running stream, for display. */
export interface StreamObserver {
  /** Records that were just consumed. */
  onBatch(batch: ConsumedBatch): void;
  /** An epoch is visible. */
  onEpoch(manifest: StreamManifest): void | Promise<void>;
  /** Something failed and is tried again after a pause; `subject`: a shard, or what was tried. */
  onRetry(retry: {
    readonly subject: string;
    readonly error: Error;
    readonly pauseMs: number;
  }): void;
  /** A shard has been read to its end, or to where nothing is at the moment. */
  onTip(shardId: string): void;
}

export interface ConsumedBatch {
  readonly shardId: string;
  readonly records: number;
  readonly bytes: number;
  /** Milliseconds from the records to the tip of their shard, by arrival time. */
  readonly behindMs: number;
}

export const SILENT_OBSERVER: StreamObserver = {
  onBatch: () => undefined,
  onEpoch: () => undefined,
  onRetry: () => undefined,
  onTip: () => undefined,
};

import type { ShardFold } from '../../shared/state/fold.ts';

/** What a process remembers of a shard between two batches. */
export interface RememberedFold {
  readonly fold: ShardFold;
  /**
   * True while every batch of the shard went through this process and nobody else moved its HEAD:
   * then nothing can have been skipped.
   */
  isContinuous: boolean;
}

/**
 * Folds by shard, the least recently used one let go of first. Any process may meet any shard, so
 * their memory is bounded.
 */
export class FoldCache {
  readonly #limitBytes: number;
  /** In order of use. */
  readonly #folds = new Map<string, RememberedFold>();

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get(shardId: string): RememberedFold | null {
    return this.#folds.get(shardId) ?? null;
  }

  set(shardId: string, remembered: RememberedFold): void {
    this.#folds.delete(shardId);
    this.#folds.set(shardId, remembered);
    let sizeBytes = 0;
    for (const { fold } of this.#folds.values()) sizeBytes += fold.sizeBytes;
    for (const [oldestId, { fold }] of this.#folds) {
      if (sizeBytes <= this.#limitBytes || oldestId === shardId) break;
      this.#folds.delete(oldestId);
      sizeBytes -= fold.sizeBytes;
    }
  }

  delete(shardId: string): void {
    this.#folds.delete(shardId);
  }
}

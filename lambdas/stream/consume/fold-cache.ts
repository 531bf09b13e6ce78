import type { ShardFold } from '../../shared/state/fold.ts';

/**
 * Folds by shard, evicting the least recently used: any process may meet any shard, so their memory
 * is bounded.
 */
export class FoldCache {
  readonly #limitBytes: number;
  /** In order of use. */
  readonly #folds = new Map<string, ShardFold>();

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get(shardId: string): ShardFold | null {
    return this.#folds.get(shardId) ?? null;
  }

  /** Keeps a fold as the last used one, and evicts older ones above the limit; never this one. */
  set(fold: ShardFold): void {
    const { shardId } = fold;
    this.#folds.delete(shardId);
    this.#folds.set(shardId, fold);
    let sizeBytes = 0;
    for (const held of this.#folds.values()) sizeBytes += held.sizeBytes;
    for (const [oldestId, oldest] of this.#folds) {
      if (sizeBytes <= this.#limitBytes || oldestId === shardId) break;
      this.#folds.delete(oldestId);
      sizeBytes -= oldest.sizeBytes;
    }
  }

  delete(shardId: string): void {
    this.#folds.delete(shardId);
  }
}

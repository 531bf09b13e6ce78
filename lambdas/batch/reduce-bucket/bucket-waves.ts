import type { LoadedSlice } from './bucket-rows.ts';

/** A slice that waits in the exchange. */
export interface SliceRef {
  readonly sourceIndex: number;
  readonly sizeBytes: number;
  /** The slice where it stands in memory, or null: it has to be fetched. */
  readonly inMemory: Uint8Array | null;
  /** Fetches it into `target`, which has its size. */
  fetch(target: Uint8Array): Promise<void>;
}

/**
 * Cuts the slices of a bucket, in order of records, into as few waves of at most `waveBytes` as
 * possible; a slice that is larger is a wave of its own. Depends on the plan and the input alone,
 * so that the same plan gives the same files wherever the slices are.
 */
export function planWaves(slices: readonly SliceRef[], waveBytes: number): SliceRef[][] {
  const waves: SliceRef[][] = [[]];
  let sizeBytes = 0;
  for (const slice of slices) {
    if (sizeBytes + slice.sizeBytes > waveBytes && waves[waves.length - 1].length > 0) {
      waves.push([]);
      sizeBytes = 0;
    }
    waves[waves.length - 1].push(slice);
    sizeBytes += slice.sizeBytes;
  }
  return waves;
}

/** Loads waves; the memory of one serves the next. */
export class WaveLoader {
  #arena = new Uint8Array(0);

  async load(wave: readonly SliceRef[]): Promise<LoadedSlice[]> {
    const fetchedBytes = wave.reduce(
      (sum, slice) => sum + (slice.inMemory ? 0 : slice.sizeBytes),
      0,
    );
    // With some slack: buckets are about equal, and each larger one would leave an arena behind.
    if (this.#arena.length < fetchedBytes) this.#arena = new Uint8Array(fetchedBytes * 1.15);
    const loaded: LoadedSlice[] = [];
    let at = 0;
    for (const { inMemory, sizeBytes, sourceIndex, fetch } of wave) {
      if (inMemory !== null) {
        loaded.push({ sourceIndex, bytes: inMemory });
        continue;
      }
      const bytes = this.#arena.subarray(at, at + sizeBytes); // Sizes are multiples of 8.
      await fetch(bytes);
      loaded.push({ sourceIndex, bytes });
      at += sizeBytes;
    }
    return loaded;
  }
}

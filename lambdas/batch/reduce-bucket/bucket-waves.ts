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

/** Work of a reduce step per byte of a slice: order of rows, hashes, sums. Measured, rounded up. */
const WORK_RATIO = 0.3;

/**
 * Cuts the slices of a bucket, in order of records, into as few waves as fit `budgetBytes` one at a
 * time.
 */
export function planWaves(slices: readonly SliceRef[], budgetBytes: number): SliceRef[][] {
  const waves: SliceRef[][] = [[]];
  let waveBytes = 0;
  for (const slice of slices) {
    const cost = slice.sizeBytes * WORK_RATIO + (slice.inMemory === null ? slice.sizeBytes : 0);
    if (waveBytes + cost > budgetBytes && waves[waves.length - 1].length > 0) {
      waves.push([]);
      waveBytes = 0;
    }
    waves[waves.length - 1].push(slice);
    waveBytes += cost;
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
    if (this.#arena.length < fetchedBytes) this.#arena = new Uint8Array(fetchedBytes);
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

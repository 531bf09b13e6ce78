import type { KernelMemory } from '../../shared/kernels/kernel-memory.ts';
import type { SliceRef } from '../exchange/slice-ref.ts';
import type { LoadedSlice } from './bucket-rows.ts';

/** What a slice of a wave takes beside its bytes, garbage that waits for the collector included. */
const SLICE_WORK_BYTES = 1_280;

/**
 * Cuts the slices of a bucket, in order of records, into as few waves of at most `waveBytes` as
 * possible; a slice that is larger is a wave of its own. Depends on the plan and the input alone,
 * so that the same plan gives the same files wherever the slices are.
 */
export function planWaves(slices: readonly SliceRef[], waveBytes: number): SliceRef[][] {
  const waves: SliceRef[][] = [[]];
  let sizeBytes = 0;
  for (const slice of slices) {
    const takenBytes = slice.sizeBytes + SLICE_WORK_BYTES;
    if (sizeBytes + takenBytes > waveBytes && waves[waves.length - 1].length > 0) {
      waves.push([]);
      sizeBytes = 0;
    }
    waves[waves.length - 1].push(slice);
    sizeBytes += takenBytes;
  }
  return waves;
}

/**
 * Loads waves into the memory of the kernels, where they are not there already; the memory of one
 * serves the next.
 */
export class WaveLoader {
  readonly #memory: KernelMemory;
  #arenaAt = 0;
  #arenaBytes = 0;

  constructor(memory: KernelMemory) {
    this.#memory = memory;
  }

  /** Hands each slice over as soon as it is there, in order. */
  async load(wave: readonly SliceRef[], add: (loaded: LoadedSlice) => void): Promise<void> {
    const isHere = ({ inMemory }: SliceRef) => inMemory !== null && this.#memory.holds(inMemory);
    const missingBytes = wave.reduce(
      (sum, slice) => sum + (isHere(slice) ? 0 : slice.sizeBytes),
      0,
    );
    if (this.#arenaBytes < missingBytes) {
      // With some slack: buckets are about equal, and each larger one would leave an arena behind.
      this.#arenaBytes = Math.ceil(missingBytes * 1.15);
      this.#arenaAt = this.#memory.allocate(this.#arenaBytes);
    }
    let at = this.#arenaAt;
    for (const slice of wave) {
      const { inMemory, sizeBytes, sourceIndex } = slice;
      if (inMemory !== null && isHere(slice)) {
        add({ sourceIndex, bytes: inMemory });
        continue;
      }
      const bytes = this.#memory.bytes(at, sizeBytes); // Sizes are multiples of 8.
      if (inMemory === null) {
        const fetching = slice.fetch(bytes);
        if (fetching !== undefined) await fetching;
      } else bytes.set(inMemory);
      add({ sourceIndex, bytes });
      at += sizeBytes;
    }
  }
}

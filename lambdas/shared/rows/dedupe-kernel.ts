import { DEDUPE_KERNEL_CODE } from '../kernels/compiled/dedupe-kernel-code.ts';
import type { KernelMemory } from '../kernels/kernel-memory.ts';
import { loadKernel } from '../kernels/load-kernel.ts';

/** What the module exports; `assembly/dedupe-kernel.ts` says what each does. */
export interface DedupeKernel {
  placeSlices(at: number, count: number): void;
  countHashes(hashes: number, count: number, counts: number): void;
  addUp(counts: number): void;
  dealRows(hashes: number, count: number, firstRow: number, places: number, entries: number): void;
  findPairs(
    entries: number,
    from: number,
    to: number,
    table: number,
    slotCount: number,
    isDuplicate: number,
    pairs: number,
    pairCount: number,
    keepsLast: boolean,
  ): number;
  listPairs(
    isDuplicate: number,
    rowCount: number,
    pairs: number,
    pairCount: number,
    rows: number,
    keptRows: number,
  ): void;
}

/**
 * Instantiates the kernel in a thread's view of the shared memory. It works on addresses in that
 * memory and checks none.
 */
export function createDedupeKernel({ memory }: KernelMemory): DedupeKernel {
  return loadKernel(DEDUPE_KERNEL_CODE, memory);
}

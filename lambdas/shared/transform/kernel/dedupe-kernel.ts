import type { KernelMemory } from '../../runtime/kernel-memory.ts';
import { DEDUPE_KERNEL_CODE } from './dedupe-kernel-code.ts';

/** What the module exports; `dedupe-kernel.as` says what each does. */
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

let compiled: WebAssembly.Module | undefined;

export function createDedupeKernel({ memory }: KernelMemory): DedupeKernel {
  compiled ??= new WebAssembly.Module(Buffer.from(DEDUPE_KERNEL_CODE, 'base64'));
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports as DedupeKernel;
}

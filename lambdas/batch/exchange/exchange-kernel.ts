import { EXCHANGE_KERNEL_CODE } from '../../shared/kernels/compiled/exchange-kernel-code.ts';
import type { KernelMemory } from '../../shared/kernels/kernel-memory.ts';
import { loadKernel } from '../../shared/kernels/load-kernel.ts';

/** What the module exports; `assembly/exchange-kernel.ts` says what each does. */
export interface ExchangeKernel {
  sortRows(
    issues: number,
    hashes: number,
    count: number,
    bucketCount: number,
    ends: number,
    rows: number,
  ): void;
  findRanges(
    times: number,
    prices: number,
    quantities: number,
    idEnds: number,
    rows: number,
    count: number,
    into: number,
  ): void;
  renumber(
    codes: number,
    rows: number,
    count: number,
    localOf: number,
    used: number,
    into: number,
  ): number;
  hasNonZero(words: number, rows: number, count: number): number;
  writeWords(words: number, rows: number, count: number, into: number): void;
  writeNumbers(
    numbers: number,
    base: number,
    rows: number,
    count: number,
    width: number,
    into: number,
  ): void;
  writeInts(ints: number, rows: number, count: number, width: number, into: number): void;
  writeBytes(bytes: number, rows: number, count: number, into: number): void;
  narrow(words: number, count: number, width: number, into: number): void;
  writeIds(
    ids: number,
    idEnds: number,
    rows: number,
    count: number,
    ends: number,
    into: number,
  ): void;
}

/**
 * Instantiates the kernel in a thread's view of the shared memory. It works on addresses in that
 * memory and checks none.
 */
export function createExchangeKernel({ memory }: KernelMemory): ExchangeKernel {
  return loadKernel(EXCHANGE_KERNEL_CODE, memory);
}

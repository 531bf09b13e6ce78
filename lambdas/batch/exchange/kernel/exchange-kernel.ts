import type { KernelMemory } from '../../../shared/runtime/kernel-memory.ts';
import { EXCHANGE_KERNEL_CODE } from './exchange-kernel-code.ts';

/** What the module exports; `exchange-kernel.as` says what each does. */
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
  writeWords(words: number, rows: number, count: number, into: number): void;
  writeNumbers(
    numbers: number,
    base: number,
    rows: number,
    count: number,
    width: number,
    into: number,
  ): void;
  writeAmounts(
    quantities: number,
    statuses: number,
    rows: number,
    count: number,
    width: number,
    into: number,
  ): void;
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

let compiled: WebAssembly.Module | undefined;

export function createExchangeKernel({ memory }: KernelMemory): ExchangeKernel {
  compiled ??= new WebAssembly.Module(Buffer.from(EXCHANGE_KERNEL_CODE, 'base64'));
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports as ExchangeKernel;
}

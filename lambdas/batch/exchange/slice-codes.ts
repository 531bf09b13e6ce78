import type { ByteDictionary } from '../../shared/bytes/byte-dictionary.ts';
import type { BytesValues } from '../../shared/bytes/column-data.ts';
import type { KernelArena } from '../../shared/kernels/kernel-arena.ts';
import type { KernelMemory } from '../../shared/kernels/kernel-memory.ts';
import type { ExchangeKernel } from './exchange-kernel.ts';

const WORD_BYTES = 4;

/** The codes of one column of one slice, renumbered, and the values that they stand for. */
export interface RenumberedCodes {
  /** Where the new codes are in the kernel's memory. */
  readonly at: number;
  /** What each new code was before. */
  readonly used: Uint32Array;
  /** Of the values. */
  readonly bytes: number;
}

/**
 * Renumbers the codes of a block's dictionary for one slice after the other, so that a slice
 * carries only the values that its rows use, in the order of their first use.
 */
export class SliceCodes {
  readonly #kernel: ExchangeKernel;
  readonly #memory: KernelMemory;
  #localOfAt = 0;
  #localOfCount = 0;

  constructor(kernel: ExchangeKernel, memory: KernelMemory) {
    this.#kernel = kernel;
    this.#memory = memory;
  }

  /** Takes the rows of the next slice; the result lies in `arena`. */
  add(
    dictionary: ByteDictionary,
    codesAt: number,
    rows: { readonly at: number; readonly count: number },
    arena: KernelArena,
  ): RenumberedCodes {
    if (this.#localOfCount < dictionary.size) {
      this.#localOfCount = Math.max(1024, dictionary.size * 2);
      this.#localOfAt = this.#memory.allocate(this.#localOfCount * WORD_BYTES);
      this.#memory.int32s(this.#localOfAt, this.#localOfCount).fill(-1);
    }
    const at = arena.take(rows.count * WORD_BYTES);
    const usedAt = arena.take(Math.min(rows.count, dictionary.size) * WORD_BYTES);
    const localOfAt = this.#localOfAt;
    const count = this.#kernel.renumber(codesAt, rows.at, rows.count, localOfAt, usedAt, at);
    const used = this.#memory.uint32s(usedAt, count);
    const { offsets } = dictionary;
    let bytes = 0;
    for (let i = 0; i < count; i++) bytes += offsets[used[i] + 1] - offsets[used[i]];
    return { at, used, bytes };
  }
}

/** Writes the values of a slice, and where each begins. */
export function writeValues(
  { offsets, heap }: ByteDictionary,
  { used }: RenumberedCodes,
  to: BytesValues,
): void {
  let at = 0;
  for (let i = 0; i < used.length; i++) {
    const code = used[i];
    to.offsets[i] = at;
    for (let from = offsets[code]; from < offsets[code + 1]; from++) to.heap[at++] = heap[from];
  }
  to.offsets[used.length] = at;
}

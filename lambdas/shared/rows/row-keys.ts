import type { KeyedColumn, Values } from '../bytes/column-data.ts';
import type { KernelMemory } from '../kernels/kernel-memory.ts';
import type { RowsKernel } from './rows-kernel.ts';

const WORD_BYTES = 4;

/**
 * A key per row, renumbered from 0 in the order of first use: keys of one group of rows then are as
 * small as their number, and equal columns share them. Lives in the kernels' memory.
 */
export class RowKeys {
  readonly keys: Uint32Array;
  /** Where the keys are in the kernels' memory. */
  readonly at: number;
  /** By key: what it was before it was renumbered. */
  used: Int32Array = new Int32Array(0);
  readonly #memory: KernelMemory;
  readonly #kernel: RowsKernel;
  readonly #usedAt: number;
  #newOfAt = 0;
  #newOfCount = 0;

  constructor(capacity: number, memory: KernelMemory, kernel: RowsKernel) {
    this.#memory = memory;
    this.#kernel = kernel;
    this.at = memory.allocate(capacity * WORD_BYTES);
    this.keys = memory.uint32s(this.at, capacity);
    this.#usedAt = memory.allocate(capacity * WORD_BYTES);
  }

  /** Renumbers the first `count` keys, all below `keyCount`. */
  densify(count: number, keyCount: number): void {
    if (this.#newOfCount < keyCount) {
      this.#newOfCount = Math.max(1024, keyCount * 2);
      this.#newOfAt = this.#memory.allocate(this.#newOfCount * WORD_BYTES);
      this.#memory.int32s(this.#newOfAt, this.#newOfCount).fill(-1);
    }
    const size = this.#kernel.densify(this.at, count, this.#newOfAt, this.#usedAt);
    this.used = this.#memory.int32s(this.#usedAt, size);
  }

  /** A column of `values`: key k has `values[valueOfKey[k]]`, null at -1. Null: k itself. */
  column(values: Values, valueOfKey: Int32Array | null): KeyedColumn {
    const keyCount = this.used.length;
    const { keys } = this;
    return { kind: 'keyed', keys, keyCount, valueOf: valueOfKey, values, isInOrderOfUse: true };
  }
}

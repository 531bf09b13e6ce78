import type { KeyedColumn, Values } from '../../shared/bytes/column-data.ts';
import type { KernelMemory } from '../../shared/kernels/kernel-memory.ts';
import type { RowKeys } from '../../shared/rows/dense-keys.ts';
import type { BucketKernel } from './bucket-kernel.ts';

const WORD_BYTES = 4;

/** A key per row, renumbered from 0 in the order of first use. Lives in the kernel's memory. */
export class KernelKeys implements RowKeys {
  readonly keys: Uint32Array;
  /** Where the keys are in the kernel's memory. */
  readonly at: number;
  /** What each new key was before. */
  used: Int32Array = new Int32Array(0);
  readonly #memory: KernelMemory;
  readonly #kernel: BucketKernel;
  readonly #usedAt: number;
  #newOfAt = 0;
  #newOfCount = 0;

  constructor(capacity: number, memory: KernelMemory, kernel: BucketKernel) {
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

  column(values: Values, valueOfKey: Int32Array | null): KeyedColumn {
    const keyCount = this.used.length;
    return {
      kind: 'keyed',
      keys: this.keys,
      keyCount,
      valueOf: valueOfKey,
      values,
      isInOrderOfUse: true,
    };
  }
}

import type { KeyedColumn, Values } from '../bytes/column-data.ts';

/** A key per row, numbered from 0 in the order of first use. */
export interface RowKeys {
  readonly keys: Uint32Array;
  /** What each key was before it was renumbered. */
  readonly used: Int32Array;
  /** `valueOfKey`: of key k in `values`, -1 for null; null: k itself. */
  column(values: Values, valueOfKey: Int32Array | null): KeyedColumn;
}

/** Renumbers keys row by row. */
export class DenseKeys implements RowKeys {
  readonly keys: Uint32Array;
  /** What each new key was before. */
  used: Int32Array = new Int32Array(16);
  #newOf = new Int32Array(16).fill(-1);

  constructor(capacity: number) {
    this.keys = new Uint32Array(capacity);
  }

  /** Renumbers the first `count` keys, all below `keyCount`. */
  densify(count: number, keyCount: number): void {
    if (this.#newOf.length < keyCount) this.#newOf = new Int32Array(keyCount * 2).fill(-1);
    const { keys } = this;
    const newOf = this.#newOf;
    let used = new Int32Array(Math.min(keyCount, count));
    let size = 0;
    for (let i = 0; i < count; i++) {
      const key = keys[i];
      let dense = newOf[key];
      if (dense < 0) {
        dense = size++;
        newOf[key] = dense;
        used[dense] = key;
      }
      keys[i] = dense;
    }
    used = used.subarray(0, size);
    for (const key of used) newOf[key] = -1;
    this.used = used;
  }

  column(values: Values, valueOfKey: Int32Array | null): KeyedColumn {
    const keyCount = this.used.length;
    const { keys } = this;
    return { kind: 'keyed', keys, keyCount, valueOf: valueOfKey, values, isInOrderOfUse: true };
  }
}

import {
  type ColumnData,
  type KeyedColumn,
  plain,
  type Values,
} from '../../shared/parquet/column-data.ts';
import { sliceIndexOf } from '../../shared/transform/dedupe.ts';
import type { BucketRows } from './bucket-rows.ts';
import type { Claims } from './claims.ts';

/**
 * Where the records stand that hold the ids of duplicates. Rows count the claims first, then the
 * bucket.
 */
export class FirstPositions {
  readonly #bucket: BucketRows;
  readonly #claims: Claims;
  readonly #firstRows: Uint32Array;
  readonly #bases: Float64Array;

  constructor(bucket: BucketRows, claims: Claims, firstRows: Uint32Array) {
    this.#bucket = bucket;
    this.#claims = claims;
    this.#firstRows = firstRows;
    this.#bases = Float64Array.from([...bucket.slices.map((s) => s.baseRow), bucket.rowCount]);
  }

  /** first_source and first_source_offset of the duplicates `[from, from + count)`. */
  columns(from: number, count: number, sources: Values): ColumnData[] {
    const sourceKeys = new Uint32Array(count);
    const offsets = new Float64Array(count);
    let keyCount = 0;
    for (let i = 0; i < count; i++) {
      const { sourceIndex, offset } = this.#positionOf(this.#firstRows[from + i]);
      sourceKeys[i] = sourceIndex;
      offsets[i] = offset;
      keyCount = Math.max(keyCount, sourceIndex + 1);
    }
    const source = { kind: 'keyed', keys: sourceKeys, keyCount, valueOf: null, values: sources };
    return [source as KeyedColumn, plain(offsets)];
  }

  #positionOf(row: number): { sourceIndex: number; offset: number } {
    const claims = this.#claims;
    if (row < claims.rowCount) {
      return { sourceIndex: claims.sourceIndex[row], offset: claims.offset[row] };
    }
    const bucketRow = row - claims.rowCount;
    const slice = this.#bucket.slices[sliceIndexOf(this.#bases, bucketRow)];
    const { baseRow, sourceIndex } = slice;
    const { header, columns } = slice.views;
    return { sourceIndex, offset: columns.offset[bucketRow - baseRow] + header.baseOffset };
  }
}

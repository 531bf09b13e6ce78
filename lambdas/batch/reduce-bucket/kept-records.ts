import {
  type KeyedColumn,
  type NamedColumns,
  plain,
  type Values,
} from '../../shared/bytes/column-data.ts';
import {
  CODED_FIELDS,
  ORDER_TIMESTAMP,
  PRICE,
  QUANTITY,
  STATUS,
} from '../../shared/model/order.ts';
import type { Duplicates } from '../../shared/rows/dedupe.ts';
import type { RecordPlace } from '../run/findings.ts';
import type { BucketRows, BucketSlice, SliceRecords } from './bucket-rows.ts';
import { type KeptIds, knownCodes, remainderOf } from './kept-ids.ts';

/** A set of order fields: bit i stands for `ORDER_FIELDS[i]`. */
export type FieldBits = number;

/** Rows of a wave, and the ids that earlier waves keep, numbered one after the other. */
export interface WaveRows {
  readonly bucket: BucketRows;
  readonly keptIds: KeptIds;
  /** The number of the bucket's first row, and of the first kept id. */
  readonly firstRow: number;
  readonly firstKept: number;
}

/** The records that count where others are duplicates of them. Duplicates are given by index. */
export class KeptRecords {
  /** The duplicates' rows in the bucket, in order. */
  readonly rows: Uint32Array;
  readonly #wave: WaveRows;
  readonly #keptRows: Uint32Array;
  /** Of the slice that was looked at last: the next record that counts is most often in it. */
  #keptSlice: { readonly slice: BucketSlice; readonly records: SliceRecords } | null = null;
  /** By field in `CODED_FIELDS`, by code of the bucket; made when it is first needed. */
  #keptCodes: readonly Int32Array[] | null = null;

  constructor(wave: WaveRows, { rows, keptRows }: Duplicates) {
    this.#wave = wave;
    this.rows = rows.map((row) => row - wave.firstRow);
    this.#keptRows = keptRows;
  }

  /** kept_source and kept_source_offset of the duplicates `[from, from + count)`. */
  columns(from: number, count: number, sources: Values): NamedColumns {
    const sourceKeys = new Uint32Array(count);
    const offsets = new Float64Array(count);
    let keyCount = 0;
    for (let i = 0; i < count; i++) {
      const { sourceIndex, offset } = this.placeOf(from + i);
      sourceKeys[i] = sourceIndex;
      offsets[i] = offset;
      keyCount = Math.max(keyCount, sourceIndex + 1);
    }
    const keptSource: KeyedColumn = {
      kind: 'keyed',
      keys: sourceKeys,
      keyCount,
      valueOf: null,
      values: sources,
    };
    return { kept_source: keptSource, kept_source_offset: plain(offsets) };
  }

  /** Where the record stands that counts instead of a duplicate. */
  placeOf(duplicate: number): RecordPlace {
    const { bucket, keptIds } = this.#wave;
    const kept = this.#keptIdOf(duplicate);
    if (kept >= 0) return { sourceIndex: keptIds.sourceIndex[kept], offset: keptIds.offset[kept] };
    return bucket.placeOf(this.#keptRows[duplicate] - this.#wave.firstRow);
  }

  /**
   * The fields in which a duplicate is another than the record that counts. It is record i of the
   * slice whose records these are.
   */
  differingFields(duplicate: number, own: SliceRecords, i: number): FieldBits {
    const { bucket, firstRow } = this.#wave;
    const kept = this.#keptIdOf(duplicate);
    if (kept >= 0) return this.#differsFromKeptId(own, i, kept);
    const keptRow = this.#keptRows[duplicate] - firstRow;
    const slice = bucket.sliceOf(keptRow);
    if (this.#keptSlice?.slice !== slice) {
      this.#keptSlice = { slice, records: bucket.recordsOf(slice) };
    }
    return differingRows(own, i, this.#keptSlice.records, keptRow - slice.baseRow);
  }

  /** -1: it counts in this wave. */
  #keptIdOf(duplicate: number): number {
    const { keptIds, firstKept } = this.#wave;
    const kept = this.#keptRows[duplicate] - firstKept;
    return kept >= 0 && kept < keptIds.rowCount ? kept : -1;
  }

  #differsFromKeptId(own: SliceRecords, i: number, kept: number): FieldBits {
    const { bucket, keptIds } = this.#wave;
    const { columns, header, codeOf } = own;
    this.#keptCodes ??= keptIds.dictionaries.map((into, k) =>
      knownCodes(into, bucket.dictionaries[k]),
    );
    let bits = fieldBits(
      columns.time[i] + header.baseTimeMs !== keptIds.timeMs[kept],
      columns.price[i] !== keptIds.priceCents[kept] ||
        remainderOf(columns, i) !== keptIds.remainderCents[kept],
      columns.quantity[i] !== keptIds.quantity[kept],
      columns.status[i] !== keptIds.status[kept],
    );
    for (let k = 0; k < CODED_FIELDS.length; k++) {
      const code = this.#keptCodes[k][codeOf[k][columns.codes[k][i]]];
      bits |= Number(code !== keptIds.codes[k][kept]) << CODED_FIELDS[k];
    }
    return bits;
  }
}

function differingRows(a: SliceRecords, i: number, b: SliceRecords, j: number): FieldBits {
  const own = a.columns;
  const other = b.columns;
  let bits = fieldBits(
    own.time[i] + a.header.baseTimeMs !== other.time[j] + b.header.baseTimeMs,
    own.price[i] !== other.price[j] || remainderOf(own, i) !== remainderOf(other, j),
    own.quantity[i] !== other.quantity[j],
    own.status[i] !== other.status[j],
  );
  for (let k = 0; k < CODED_FIELDS.length; k++) {
    const isOther = a.codeOf[k][own.codes[k][i]] !== b.codeOf[k][other.codes[k][j]];
    bits |= Number(isOther) << CODED_FIELDS[k];
  }
  return bits;
}

function fieldBits(
  hasOtherTime: boolean,
  hasOtherPrice: boolean,
  hasOtherQuantity: boolean,
  hasOtherStatus: boolean,
): FieldBits {
  return (
    (Number(hasOtherTime) << ORDER_TIMESTAMP) |
    (Number(hasOtherPrice) << PRICE) |
    (Number(hasOtherQuantity) << QUANTITY) |
    (Number(hasOtherStatus) << STATUS)
  );
}

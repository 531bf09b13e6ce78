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
import { type Claims, knownCodes } from './claims.ts';

/** A set of order fields: bit i stands for `ORDER_FIELDS[i]`. */
export type FieldBits = number;

/** Rows of a wave and those of its claims, numbered one behind the other. */
export interface WaveRows {
  readonly bucket: BucketRows;
  readonly claims: Claims;
  /** The number of the bucket's first row, and of the first claim. */
  readonly firstRow: number;
  readonly firstClaim: number;
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
  #claimedCodes: readonly Int32Array[] | null = null;

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
    const { bucket, claims } = this.#wave;
    const claim = this.#claimOf(duplicate);
    if (claim >= 0) return { sourceIndex: claims.sourceIndex[claim], offset: claims.offset[claim] };
    return bucket.placeOf(this.#keptRows[duplicate] - this.#wave.firstRow);
  }

  /**
   * The fields in which a duplicate is another than the record that counts. It is record i of the
   * slice whose records these are.
   */
  differingFields(duplicate: number, own: SliceRecords, i: number): FieldBits {
    const { bucket, firstRow } = this.#wave;
    const claim = this.#claimOf(duplicate);
    if (claim >= 0) return this.#differsFromClaim(own, i, claim);
    const keptRow = this.#keptRows[duplicate] - firstRow;
    const slice = bucket.sliceOf(keptRow);
    if (this.#keptSlice?.slice !== slice) {
      this.#keptSlice = { slice, records: bucket.recordsOf(slice) };
    }
    return differingRows(own, i, this.#keptSlice.records, keptRow - slice.baseRow);
  }

  /** -1: it counts in this wave. */
  #claimOf(duplicate: number): number {
    const { claims, firstClaim } = this.#wave;
    const claim = this.#keptRows[duplicate] - firstClaim;
    return claim >= 0 && claim < claims.rowCount ? claim : -1;
  }

  #differsFromClaim(own: SliceRecords, i: number, claim: number): FieldBits {
    const { bucket, claims } = this.#wave;
    const { columns, header, codeOf } = own;
    this.#claimedCodes ??= claims.dictionaries.map((into, k) =>
      knownCodes(into, bucket.dictionaries[k]),
    );
    let bits = fieldBits(
      columns.time[i] + header.baseTimeMs !== claims.timeMs[claim],
      columns.price[i] !== claims.priceCents[claim],
      columns.quantity[i] !== claims.quantity[claim],
      columns.status[i] !== claims.status[claim],
    );
    for (const [k, field] of CODED_FIELDS.entries()) {
      const code = this.#claimedCodes[k][codeOf[k][columns.codes[k][i]]];
      bits |= Number(code !== claims.codes[k][claim]) << field;
    }
    return bits;
  }
}

function differingRows(a: SliceRecords, i: number, b: SliceRecords, j: number): FieldBits {
  const own = a.columns;
  const other = b.columns;
  let bits = fieldBits(
    own.time[i] + a.header.baseTimeMs !== other.time[j] + b.header.baseTimeMs,
    own.price[i] !== other.price[j],
    own.quantity[i] !== other.quantity[j],
    own.status[i] !== other.status[j],
  );
  for (const [k, field] of CODED_FIELDS.entries()) {
    const isOther = a.codeOf[k][own.codes[k][i]] !== b.codeOf[k][other.codes[k][j]];
    bits |= Number(isOther) << field;
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

import type { BytesValues } from '../../shared/bytes/column-data.ts';
import { CODED_FIELDS } from '../../shared/model/order.ts';
import type { NumberColumn, RecordColumns } from '../../shared/rows/row-source.ts';

/**
 * One slice of the exchange: the rows of one block that fall into one bucket, as columns one behind
 * the other, each 8-byte aligned. The same bytes stand in shared memory, in a spill file and in S3.
 * Numbers are little-endian.
 */

/**
 * The form of slices and stored sums, with the coded fields in it: steps of another form would
 * misread them. Its number is raised by hand. 2: quantity and status are columns of their own. 3:
 * remainders of amounts, where there are any.
 */
export const EXCHANGE_FORMAT = `3 ${CODED_FIELDS.join(' ')}`;

/** The values of one of the `CODED_FIELDS` in a slice. */
interface CodedSizes {
  readonly count: number;
  readonly bytes: number;
}

/** What a slice says of itself, as doubles in this order, in its first bytes. */
export interface SliceHeader {
  readonly rowCount: number;
  readonly idBytes: number;
  /** Offsets are stored as differences from this one, the smallest. */
  readonly baseOffset: number;
  readonly maxOffset: number;
  /** Event times in milliseconds are stored as differences from this one, the smallest. */
  readonly baseTimeMs: number;
  readonly maxTimeMs: number;
  readonly maxPriceCents: number;
  readonly maxQuantity: number;
  /** `rowCount`, or 0 where no total has a remainder: then there is no column of them. */
  readonly remainderCount: number;
  readonly quarantinedCount: number;
  readonly rawBytes: number;
  /** By field in `CODED_FIELDS`. */
  readonly coded: readonly CodedSizes[];
}

const NUMBERS = 11;
const HEADER_LENGTH = NUMBERS + 2 * CODED_FIELDS.length;

/** Bytes of a slice before its columns. */
const HEADER_BYTES = HEADER_LENGTH * 8;

/** What the slice that starts at `bytes[0]` says of itself. */
export function readHeader(bytes: Uint8Array): SliceHeader {
  const at = new Float64Array(bytes.buffer, bytes.byteOffset, HEADER_LENGTH);
  const coded: CodedSizes[] = [];
  for (let k = NUMBERS; k < HEADER_LENGTH; k += 2) coded.push({ count: at[k], bytes: at[k + 1] });
  // One literal is made many times faster than a list of entries.
  return {
    rowCount: at[0],
    idBytes: at[1],
    baseOffset: at[2],
    maxOffset: at[3],
    baseTimeMs: at[4],
    maxTimeMs: at[5],
    maxPriceCents: at[6],
    maxQuantity: at[7],
    remainderCount: at[8],
    quarantinedCount: at[9],
    rawBytes: at[10],
    coded,
  };
}

function writeHeader(bytes: Uint8Array, header: SliceHeader): void {
  const numbers = [
    header.rowCount,
    header.idBytes,
    header.baseOffset,
    header.maxOffset,
    header.baseTimeMs,
    header.maxTimeMs,
    header.maxPriceCents,
    header.maxQuantity,
    header.remainderCount,
    header.quarantinedCount,
    header.rawBytes,
    ...header.coded.flatMap(({ count, bytes }) => [count, bytes]),
  ];
  new Float64Array(bytes.buffer, bytes.byteOffset, HEADER_LENGTH).set(numbers);
}

/** The columns of a slice, as views of its bytes. */
export interface SliceColumns extends RecordColumns {
  readonly idHash: Uint32Array;
  /** Less `baseOffset`. */
  readonly offset: NumberColumn;
  readonly quarantinedOffset: Float64Array;
  readonly quarantinedIssues: Uint32Array;
  readonly rawEnd: Uint32Array;
  readonly raw: Uint8Array;
  /** By field in `CODED_FIELDS`: its values, in the order of their codes. */
  readonly values: readonly BytesValues[];
}

type ArrayType<T> = {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
};

const NO_BYTES = new ArrayBuffer(0);

/** Lays columns one behind the other; without bytes it only measures them. */
class ColumnCursor {
  sizeBytes = HEADER_BYTES;
  readonly #bytes: Uint8Array | null;

  constructor(bytes: Uint8Array | null) {
    this.#bytes = bytes;
  }

  next<T>(type: ArrayType<T>, length: number): T {
    const at = this.sizeBytes;
    this.sizeBytes = alignedTo8(at + type.BYTES_PER_ELEMENT * length);
    if (this.#bytes === null) return new type(NO_BYTES, 0, 0);
    return new type(this.#bytes.buffer, this.#bytes.byteOffset + at, length);
  }
}

/** The narrowest type for whole numbers from 0 to `max`. */
function numberType(max: number): ArrayType<NumberColumn> {
  if (max <= 0xff) return Uint8Array;
  if (max <= 0xffff) return Uint16Array;
  return max <= 0xffffffff ? Uint32Array : Float64Array;
}

/** Rounds a size in bytes up to a multiple of 8, as doubles and 64-bit columns need. */
export function alignedTo8(size: number): number {
  return Math.ceil(size / 8) * 8;
}

/** The size of a slice with this header. */
export function sliceBytes(header: SliceHeader): number {
  const cursor = new ColumnCursor(null);
  layOut(header, cursor);
  return cursor.sizeBytes;
}

/**
 * Views of the columns of a slice that starts at `bytes[0]`, which is 8-byte aligned in its buffer.
 */
export function viewColumns(bytes: Uint8Array, header = readHeader(bytes)): SliceColumns {
  return layOut(header, new ColumnCursor(bytes));
}

function layOut(header: SliceHeader, at: ColumnCursor): SliceColumns {
  const { rowCount: rows, remainderCount, quarantinedCount, coded } = header;
  return {
    // `viewIdHash` and `viewIdEnd` look for these two here.
    idHash: at.next(Uint32Array, rows),
    idEnd: at.next(Uint32Array, rows),
    offset: at.next(numberType(header.maxOffset - header.baseOffset), rows),
    time: at.next(numberType(header.maxTimeMs - header.baseTimeMs), rows),
    quantity: at.next(numberType(header.maxQuantity), rows),
    status: at.next(Uint8Array, rows),
    price: at.next(numberType(header.maxPriceCents), rows),
    remainder: remainderCount === 0 ? null : at.next(Int32Array, remainderCount),
    codes: coded.map(({ count }) => at.next(numberType(count), rows)),
    values: coded.map(({ count, bytes }) => ({
      offsets: at.next(Uint32Array, count + 1),
      heap: at.next(Uint8Array, bytes),
    })),
    quarantinedOffset: at.next(Float64Array, quarantinedCount),
    quarantinedIssues: at.next(Uint32Array, quarantinedCount),
    rawEnd: at.next(Uint32Array, quarantinedCount),
    ids: at.next(Uint8Array, header.idBytes),
    raw: at.next(Uint8Array, header.rawBytes),
  };
}

/**
 * The hashes of a slice's order ids, without laying out the other columns. `bytes[0]` must be
 * 8-byte aligned in its buffer.
 */
export function viewIdHash({ buffer, byteOffset }: Uint8Array, rowCount: number): Uint32Array {
  return new Uint32Array(buffer, byteOffset + HEADER_BYTES, rowCount);
}

/**
 * Where each order id of a slice ends in its `ids`, without laying out the other columns.
 * `bytes[0]` must be 8-byte aligned in its buffer.
 */
export function viewIdEnd({ buffer, byteOffset }: Uint8Array, rowCount: number): Uint32Array {
  return new Uint32Array(buffer, byteOffset + alignedTo8(HEADER_BYTES + rowCount * 4), rowCount);
}

/** Writes the header and returns the columns to fill. */
export function startSlice(bytes: Uint8Array, header: SliceHeader): SliceColumns {
  writeHeader(bytes, header);
  return viewColumns(bytes, header);
}

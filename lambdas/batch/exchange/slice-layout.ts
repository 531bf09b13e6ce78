/**
 * One slice of the exchange: the rows of one block that fall into one bucket, as columns one behind the other, each
 * 8-byte aligned. The same bytes stand in shared memory, in a spill file and in S3. Numbers are little-endian.
 */

/** What a slice says of itself, as doubles in this order, in its first bytes. */
export interface SliceHeader {
  readonly rowCount: number;
  readonly idBytes: number;
  readonly customerCount: number;
  readonly customerBytes: number;
  readonly productCount: number;
  readonly productBytes: number;
  /** Added to each offset; offsets are doubles if `isOffsetWide`, else 32-bit differences from it. */
  readonly baseOffset: number;
  readonly isOffsetWide: number;
  /** The same for event times, in milliseconds. */
  readonly baseTimeMs: number;
  readonly isTimeWide: number;
  readonly maxTimeMs: number;
  /** Prices are doubles, else 32 bit. */
  readonly isPriceWide: number;
  readonly quarantinedCount: number;
  readonly rawBytes: number;
}

const HEADER_NAMES = [
  'rowCount',
  'idBytes',
  'customerCount',
  'customerBytes',
  'productCount',
  'productBytes',
  'baseOffset',
  'isOffsetWide',
  'baseTimeMs',
  'isTimeWide',
  'maxTimeMs',
  'isPriceWide',
  'quarantinedCount',
  'rawBytes',
] as const satisfies readonly (keyof SliceHeader)[];

export function readHeader(bytes: Uint8Array): SliceHeader {
  const numbers = new Float64Array(bytes.buffer, bytes.byteOffset, HEADER_NAMES.length);
  return Object.fromEntries(
    HEADER_NAMES.map((name, index) => [name, numbers[index]]),
  ) as unknown as SliceHeader;
}

/** Codes of up to 65,536 values take two bytes. */
const MAX_NARROW_CODES = 65_536;

/** The columns of a slice, as views of its bytes. */
export interface SliceColumns {
  readonly idHash: Uint32Array;
  /** The id of row i ends here in `ids`, and starts where the one before ends. */
  readonly idEnd: Uint32Array;
  readonly offset: Uint32Array | Float64Array;
  readonly time: Uint32Array | Float64Array;
  /** quantity * 4 + index in `STATUSES`. */
  readonly quantityStatus: Uint32Array;
  readonly price: Uint32Array | Float64Array;
  readonly customerCode: Uint16Array | Uint32Array;
  readonly productCode: Uint16Array | Uint32Array;
  readonly customerOffsets: Uint32Array;
  readonly productOffsets: Uint32Array;
  readonly quarantinedOffset: Float64Array;
  readonly quarantinedIssues: Uint32Array;
  readonly rawEnd: Uint32Array;
  readonly customers: Uint8Array;
  readonly products: Uint8Array;
  readonly ids: Uint8Array;
  readonly raw: Uint8Array;
}

type ArrayType<T> = {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
};

/** Walks over the columns in their order; `take` says where each one lies. Returns the slice's size in bytes. */
function layOut(
  header: SliceHeader,
  take: (name: keyof SliceColumns, type: ArrayType<unknown>, at: number, length: number) => void,
): number {
  let at = HEADER_NAMES.length * 8;
  const column = (name: keyof SliceColumns, type: ArrayType<unknown>, length: number) => {
    take(name, type, at, length);
    at = alignedTo8(at + type.BYTES_PER_ELEMENT * length);
  };
  const rows = header.rowCount;
  column('idHash', Uint32Array, rows);
  column('idEnd', Uint32Array, rows);
  column('offset', header.isOffsetWide ? Float64Array : Uint32Array, rows);
  column('time', header.isTimeWide ? Float64Array : Uint32Array, rows);
  column('quantityStatus', Uint32Array, rows);
  column('price', header.isPriceWide ? Float64Array : Uint32Array, rows);
  column('customerCode', codeType(header.customerCount), rows);
  column('productCode', codeType(header.productCount), rows);
  column('customerOffsets', Uint32Array, header.customerCount + 1);
  column('productOffsets', Uint32Array, header.productCount + 1);
  column('quarantinedOffset', Float64Array, header.quarantinedCount);
  column('quarantinedIssues', Uint32Array, header.quarantinedCount);
  column('rawEnd', Uint32Array, header.quarantinedCount);
  column('customers', Uint8Array, header.customerBytes);
  column('products', Uint8Array, header.productBytes);
  column('ids', Uint8Array, header.idBytes);
  column('raw', Uint8Array, header.rawBytes);
  return at;
}

function codeType(count: number): ArrayType<Uint16Array | Uint32Array> {
  return count <= MAX_NARROW_CODES ? Uint16Array : Uint32Array;
}

export function alignedTo8(size: number): number {
  return Math.ceil(size / 8) * 8;
}

export function sliceBytes(header: SliceHeader): number {
  return layOut(header, () => {});
}

/** Views of the columns of a slice that starts at `bytes[0]`, which is 8-byte aligned in its buffer. */
export function viewColumns(bytes: Uint8Array, header = readHeader(bytes)): SliceColumns {
  const columns: Partial<Record<keyof SliceColumns, unknown>> = {};
  layOut(header, (name, type, at, length) => {
    columns[name] = new type(bytes.buffer, bytes.byteOffset + at, length);
  });
  return columns as unknown as SliceColumns;
}

/** Writes the header and returns the columns to fill. */
export function startSlice(bytes: Uint8Array, header: SliceHeader): SliceColumns {
  const numbers = new Float64Array(bytes.buffer, bytes.byteOffset, HEADER_NAMES.length);
  HEADER_NAMES.forEach((name, index) => {
    numbers[index] = header[name];
  });
  return viewColumns(bytes, header);
}

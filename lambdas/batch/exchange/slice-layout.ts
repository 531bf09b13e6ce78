/**
 * One slice of the exchange: the rows of one block that fall into one bucket, as columns one behind
 * the other, each 8-byte aligned. The same bytes stand in shared memory, in a spill file and in S3.
 * Numbers are little-endian.
 */

/** What a slice says of itself, as doubles in this order, in its first bytes. */
export interface SliceHeader {
  readonly rowCount: number;
  readonly idBytes: number;
  readonly customerCount: number;
  readonly customerBytes: number;
  readonly productCount: number;
  readonly productBytes: number;
  /** Offsets are stored as differences from this one, the smallest. */
  readonly baseOffset: number;
  readonly maxOffset: number;
  /** The same for event times, in milliseconds. */
  readonly baseTimeMs: number;
  readonly maxTimeMs: number;
  readonly maxPriceCents: number;
  readonly maxQuantity: number;
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
  'maxOffset',
  'baseTimeMs',
  'maxTimeMs',
  'maxPriceCents',
  'maxQuantity',
  'quarantinedCount',
  'rawBytes',
] as const satisfies readonly (keyof SliceHeader)[];

/** Bytes of a slice before its columns. */
const HEADER_BYTES = HEADER_NAMES.length * 8;

/** What the slice that starts at `bytes[0]` says of itself. */
export function readHeader(bytes: Uint8Array): SliceHeader {
  const at = new Float64Array(bytes.buffer, bytes.byteOffset, HEADER_NAMES.length);
  // In the order of `HEADER_NAMES`; one literal is made many times faster than a list of entries.
  return {
    rowCount: at[0],
    idBytes: at[1],
    customerCount: at[2],
    customerBytes: at[3],
    productCount: at[4],
    productBytes: at[5],
    baseOffset: at[6],
    maxOffset: at[7],
    baseTimeMs: at[8],
    maxTimeMs: at[9],
    maxPriceCents: at[10],
    maxQuantity: at[11],
    quarantinedCount: at[12],
    rawBytes: at[13],
  };
}

/** Numbers take as many bytes as the largest of their column needs. */
export type NumberColumn = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** The columns of a slice, as views of its bytes. */
export interface SliceColumns {
  readonly idHash: Uint32Array;
  /** The id of row i ends here in `ids`, and starts where the one before ends. */
  readonly idEnd: Uint32Array;
  /** Less `baseOffset`. */
  readonly offset: NumberColumn;
  /** Less `baseTimeMs`. */
  readonly time: NumberColumn;
  /** quantity * 4 + index in `STATUSES`. */
  readonly quantityStatus: NumberColumn;
  readonly price: NumberColumn;
  readonly customerCode: NumberColumn;
  readonly productCode: NumberColumn;
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

/**
 * Walks over the columns in their order; `take` says where each one lies. Returns the slice's size
 * in bytes.
 */
function layOut(
  header: SliceHeader,
  take: (name: keyof SliceColumns, type: ArrayType<unknown>, at: number, length: number) => void,
): number {
  let at = HEADER_BYTES;
  const column = (name: keyof SliceColumns, type: ArrayType<unknown>, length: number) => {
    take(name, type, at, length);
    at = alignedTo8(at + type.BYTES_PER_ELEMENT * length);
  };
  const rows = header.rowCount;
  column('idHash', Uint32Array, rows);
  column('idEnd', Uint32Array, rows);
  column('offset', numberType(header.maxOffset - header.baseOffset), rows);
  column('time', numberType(header.maxTimeMs - header.baseTimeMs), rows);
  column('quantityStatus', numberType(header.maxQuantity * 4 + 3), rows);
  column('price', numberType(header.maxPriceCents), rows);
  column('customerCode', numberType(header.customerCount), rows);
  column('productCode', numberType(header.productCount), rows);
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

function numberType(max: number): ArrayType<NumberColumn> {
  if (max <= 0xff) return Uint8Array;
  if (max <= 0xffff) return Uint16Array;
  return max <= 0xffffffff ? Uint32Array : Float64Array;
}

export function alignedTo8(size: number): number {
  return Math.ceil(size / 8) * 8;
}

export function sliceBytes(header: SliceHeader): number {
  return layOut(header, () => {});
}

/**
 * Views of the columns of a slice that starts at `bytes[0]`, which is 8-byte aligned in its buffer.
 */
export function viewColumns(bytes: Uint8Array, header = readHeader(bytes)): SliceColumns {
  const columns: Partial<Record<keyof SliceColumns, unknown>> = {};
  layOut(header, (name, type, at, length) => {
    columns[name] = new type(bytes.buffer, bytes.byteOffset + at, length);
  });
  return columns as unknown as SliceColumns;
}

/** Two of the columns of a slice, which stand in front of all others. */
export function viewIdHash({ buffer, byteOffset }: Uint8Array, rowCount: number): Uint32Array {
  return new Uint32Array(buffer, byteOffset + HEADER_BYTES, rowCount);
}

export function viewIdEnd({ buffer, byteOffset }: Uint8Array, rowCount: number): Uint32Array {
  return new Uint32Array(buffer, byteOffset + alignedTo8(HEADER_BYTES + rowCount * 4), rowCount);
}

/** Writes the header and returns the columns to fill. */
export function startSlice(bytes: Uint8Array, header: SliceHeader): SliceColumns {
  const numbers = new Float64Array(bytes.buffer, bytes.byteOffset, HEADER_NAMES.length);
  HEADER_NAMES.forEach((name, index) => {
    numbers[index] = header[name];
  });
  return viewColumns(bytes, header);
}

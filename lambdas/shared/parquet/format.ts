/** Numbers of the Parquet format (parquet.thrift of apache/parquet-format). */

export const MAGIC = Uint8Array.of(0x50, 0x41, 0x52, 0x31); // PAR1

export const PHYSICAL = { INT32: 1, INT64: 2, BYTE_ARRAY: 6 } as const;
export type Physical = (typeof PHYSICAL)[keyof typeof PHYSICAL];

export const ENCODING = {
  PLAIN: 0,
  RLE: 3,
  DELTA_BINARY_PACKED: 5,
  DELTA_LENGTH_BYTE_ARRAY: 6,
  DELTA_BYTE_ARRAY: 7,
  RLE_DICTIONARY: 8,
} as const;
export type Encoding = (typeof ENCODING)[keyof typeof ENCODING];

export const CODEC = { none: 0, snappy: 1, zstd: 6 } as const;
export type CodecName = keyof typeof CODEC;

export const PAGE = { DATA: 0, DICTIONARY: 2 } as const;
export type PageType = (typeof PAGE)[keyof typeof PAGE];

export const REPETITION = { REQUIRED: 0, OPTIONAL: 1 } as const;

/** ConvertedType: how readers older than logical types know what a column holds. */
export const CONVERTED = { UTF8: 0, DECIMAL: 5, DATE: 6, TIMESTAMP_MICROS: 10 } as const;

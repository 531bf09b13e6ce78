import { zstdDecompressSync } from 'node:zlib';
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  type ParquetParsers,
  parquetMetadataAsync,
} from 'hyparquet';
import { ObjectNotFoundError, RetryableError, TerminalError } from '../model/errors.ts';

/** The library as both readers use it: exact stored values, and zstd from Node itself. */

/** Two magics and the length of the footer. */
const FILE_BYTES_MIN = 12;

export const compressors: Compressors = {
  ZSTD: (input, outputLength) => zstdDecompressSync(input, { maxOutputLength: outputLength }),
};

/** A byte order mark at the start of a value belongs to it; the library's own decoder drops it. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export const parsers: Partial<ParquetParsers> = {
  stringFromBytes: (bytes) => bytes && decoder.decode(bytes),
};

/** A whole file, or something that hands out ranges of it. */
export type ParquetSource = Uint8Array | AsyncBuffer;

/**
 * The reading library's form of a source. Bytes in memory are copied range by range, so that no
 * caller sees the memory around them.
 */
export function bufferOf(file: ParquetSource): AsyncBuffer {
  if (!(file instanceof Uint8Array)) return file;
  return {
    byteLength: file.byteLength,
    // A copy: `slice` of a Buffer would be a view of memory that holds other things too.
    slice: (start, end) => new Uint8Array(file.subarray(start, end)).buffer,
  };
}

/**
 * Reads a file's footer. Throws `TerminalError` `parquet_unreadable` if the file is too short to
 * have one.
 */
export async function readMetadata(buffer: AsyncBuffer): Promise<FileMetaData> {
  if (buffer.byteLength < FILE_BYTES_MIN) {
    throw new TerminalError(
      'parquet_unreadable',
      `${buffer.byteLength} bytes are not a Parquet file`,
    );
  }
  return await parquetMetadataAsync(buffer);
}

/**
 * Metadata without logical types, so that the library returns the exact stored integers instead of
 * fractions for decimals and dates for instants.
 */
export function withoutLogicalTypes(metadata: FileMetaData): FileMetaData {
  const [root, ...elements] = metadata.schema;
  const schema = elements.map((element) => {
    if (element.type === 'BYTE_ARRAY') return element;
    const { converted_type: _, logical_type: __, ...rest } = element;
    return rest;
  });
  return { ...metadata, schema: [root, ...schema] };
}

const WAY_OUT = 'restore the object, or publish again';

/**
 * Maps a decoder's error on a file that a manifest lists to `TerminalError` `parquet_unreadable`,
 * which names the file. Errors of the store are returned unchanged.
 */
export function unreadableFile(key: string, cause: unknown): unknown {
  if (cause instanceof ObjectNotFoundError) {
    const message = `${key} is missing, but the manifest lists it; ${WAY_OUT}`;
    return new TerminalError('file_missing', message, { cause });
  }
  if (!(cause instanceof Error) || cause instanceof RetryableError) return cause;
  if (cause instanceof TerminalError && cause.code !== 'parquet_unreadable') return cause;
  const [reason] = cause.message.split('\n');
  const message = `${key} cannot be read: ${reason}; ${WAY_OUT}`;
  return new TerminalError('parquet_unreadable', message, { cause });
}

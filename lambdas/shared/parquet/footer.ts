import type { Column } from '../model/column.ts';
import { ByteBuffer } from './byte-buffer.ts';
import type { ColumnChunk } from './column-chunk.ts';
import { CODEC, type CodecName, ENCODING, MAGIC, PAGE } from './format.ts';
import { physicalOf, writeSchema } from './schema.ts';
import { THRIFT_BINARY, THRIFT_I32, THRIFT_STRUCT, ThriftWriter } from './thrift-compact.ts';

/**
 * Names the writer and its format version, and nothing about the run: equal input gives equal
 * bytes.
 */
const CREATED_BY = 'tandem version 1.0.0';

/**
 * What parquet.thrift asks writers for: readers take 1 and 2 for the same, but some take 1 only.
 */
const FORMAT_VERSION = 1;

export interface RowGroup {
  readonly rowCount: number;
  /**
   * What the offsets of its chunks count from: the place in the file of the bytes that it came
   * with.
   */
  readonly fileOffset: number;
  readonly chunks: readonly ColumnChunk[];
}

export interface FileContent {
  readonly columns: readonly Column[];
  readonly codec: CodecName;
  readonly rowGroups: readonly RowGroup[];
  readonly keyValueMetadata: Readonly<Record<string, string>>;
}

/** Encodes the end of a Parquet file: FileMetaData, its length in 4 bytes and the closing magic. */
export function encodeFooter(content: FileContent): Uint8Array {
  const { columns, rowGroups } = content;
  const buffer = new ByteBuffer(256 + columns.length * (64 + rowGroups.length * 192));
  const thrift = new ThriftWriter(buffer);
  thrift.begin();
  thrift.i32(1, FORMAT_VERSION);
  writeSchema(thrift, columns);
  thrift.i64(
    3,
    rowGroups.reduce((sum, group) => sum + group.rowCount, 0),
  );
  thrift.list(4, THRIFT_STRUCT, rowGroups.length);
  rowGroups.forEach((group, ordinal) => {
    writeRowGroup(thrift, content, group, ordinal);
  });
  writeKeyValues(thrift, content.keyValueMetadata);
  thrift.text(6, CREATED_BY);
  thrift.list(7, THRIFT_STRUCT, columns.length);
  for (const _ of columns) {
    // ColumnOrder: bounds are in the order of the type, bytewise for texts.
    thrift.begin();
    thrift.emptyStruct(1);
    thrift.end();
  }
  thrift.end();
  buffer.writeUint32(buffer.at);
  buffer.writeBytes(MAGIC);
  return buffer.written();
}

function writeKeyValues(thrift: ThriftWriter, values: Readonly<Record<string, string>>): void {
  const entries = Object.entries(values);
  if (entries.length === 0) return;
  thrift.list(5, THRIFT_STRUCT, entries.length);
  for (const [key, value] of entries) {
    thrift.begin();
    thrift.text(1, key);
    thrift.text(2, value);
    thrift.end();
  }
}

function writeRowGroup(
  thrift: ThriftWriter,
  content: FileContent,
  group: RowGroup,
  ordinal: number,
): void {
  const { chunks } = group;
  thrift.begin();
  thrift.list(1, THRIFT_STRUCT, chunks.length);
  chunks.forEach((chunk, index) => {
    thrift.begin();
    // file_offset is deprecated; 0 says that there is no copy of the metadata elsewhere.
    thrift.i64(2, 0);
    thrift.struct(3);
    writeChunk(thrift, content.columns[index], chunk, content.codec, group.fileOffset);
    thrift.end();
    thrift.end();
  });
  thrift.i64(
    2,
    chunks.reduce((sum, chunk) => sum + chunk.uncompressedBytes, 0),
  );
  thrift.i64(3, group.rowCount);
  thrift.i64(5, group.fileOffset + startOf(chunks[0]));
  thrift.i64(
    6,
    chunks.reduce((sum, chunk) => sum + compressedBytes(chunk), 0),
  );
  thrift.i16(7, ordinal);
  thrift.end();
}

function startOf(chunk: ColumnChunk): number {
  return chunk.dictionaryPageAt ?? chunk.dataPageAt;
}

function compressedBytes(chunk: ColumnChunk): number {
  return chunk.endAt - startOf(chunk);
}

/** The fields of ColumnMetaData. */
function writeChunk(
  thrift: ThriftWriter,
  column: Column,
  chunk: ColumnChunk,
  codec: CodecName,
  fileOffset: number,
): void {
  const hasDictionary = chunk.dictionaryPageAt !== null;
  const encodings = new Set<number>([chunk.dataEncoding]);
  if (column.isNullable) encodings.add(ENCODING.RLE);
  if (hasDictionary) encodings.add(ENCODING.PLAIN);
  thrift.i32(1, physicalOf(column.type));
  thrift.list(2, THRIFT_I32, encodings.size);
  for (const encoding of encodings) thrift.i32Element(encoding);
  thrift.list(3, THRIFT_BINARY, 1);
  thrift.textElement(column.name);
  thrift.i32(4, CODEC[codec]);
  thrift.i64(5, chunk.valueCount);
  thrift.i64(6, chunk.uncompressedBytes);
  thrift.i64(7, compressedBytes(chunk));
  thrift.i64(9, fileOffset + chunk.dataPageAt);
  if (chunk.dictionaryPageAt !== null) thrift.i64(11, fileOffset + chunk.dictionaryPageAt);
  writeStatistics(thrift, chunk);
  thrift.list(13, THRIFT_STRUCT, hasDictionary ? 2 : 1);
  if (hasDictionary) writePageCount(thrift, PAGE.DICTIONARY, ENCODING.PLAIN, 1);
  writePageCount(thrift, PAGE.DATA, chunk.dataEncoding, chunk.dataPageCount);
}

function writePageCount(thrift: ThriftWriter, page: number, encoding: number, count: number): void {
  thrift.begin();
  thrift.i32(1, page);
  thrift.i32(2, encoding);
  thrift.i32(3, count);
  thrift.end();
}

function writeStatistics(thrift: ThriftWriter, chunk: ColumnChunk): void {
  thrift.struct(12);
  thrift.i64(3, chunk.nullCount);
  if (chunk.bounds !== null) {
    const { min, max } = chunk.bounds;
    thrift.binary(5, max.bytes);
    thrift.binary(6, min.bytes);
    thrift.bool(7, max.isExact);
    thrift.bool(8, min.isExact);
  }
  thrift.end();
}

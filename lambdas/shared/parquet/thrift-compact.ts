import type { ByteBuffer } from './byte-buffer.ts';

/** Type codes of Thrift's compact protocol. */
const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I16 = 4;
const I32 = 5;
const I64 = 6;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

export type ThriftElement = typeof I32 | typeof BINARY | typeof STRUCT;
export const THRIFT_I32: ThriftElement = I32;
export const THRIFT_BINARY: ThriftElement = BINARY;
export const THRIFT_STRUCT: ThriftElement = STRUCT;

const encoder = new TextEncoder();

/** Names of columns and the like: the same few hundred in each of thousands of footers. */
const encodedNames = new Map<string, Uint8Array>();
const NAMES_MAX = 1024;

function encodedName(name: string): Uint8Array {
  const known = encodedNames.get(name);
  if (known !== undefined) return known;
  const bytes = encoder.encode(name);
  if (encodedNames.size < NAMES_MAX) encodedNames.set(name, bytes);
  return bytes;
}

/**
 * Deeper than Parquet's metadata ever is (FileMetaData → RowGroup → ColumnChunk → ColumnMetaData →
 * Statistics).
 */
const MAX_DEPTH = 16;

/**
 * Writes Thrift structs in the compact protocol. Field ids are stored as differences, so write
 * fields in rising order.
 */
export class ThriftWriter {
  readonly #buffer: ByteBuffer;
  readonly #outerFieldIds = new Int32Array(MAX_DEPTH);
  #depth = 0;
  #lastFieldId = 0;

  constructor(buffer: ByteBuffer) {
    this.#buffer = buffer;
  }

  #field(id: number, type: number): void {
    const step = id - this.#lastFieldId;
    // The four bits of the short form hold 1 to 15; no struct of Parquet has a larger gap.
    this.#buffer.writeByte((step << 4) | type);
    this.#lastFieldId = id;
  }

  bool(id: number, value: boolean): void {
    this.#field(id, value ? TRUE : FALSE);
  }

  byte(id: number, value: number): void {
    this.#field(id, BYTE);
    this.#buffer.writeByte(value);
  }

  i16(id: number, value: number): void {
    this.#field(id, I16);
    this.#buffer.writeZigzag(value);
  }

  i32(id: number, value: number): void {
    this.#field(id, I32);
    this.#buffer.writeZigzag(value);
  }

  /** Sizes, counts and offsets: below 2^52. */
  i64(id: number, value: number): void {
    this.#field(id, I64);
    this.#buffer.writeZigzag(value);
  }

  binary(id: number, value: Uint8Array): void {
    this.#field(id, BINARY);
    this.#binaryValue(value);
  }

  text(id: number, value: string): void {
    this.binary(id, encodedName(value));
  }

  /** A list field; its elements follow. */
  list(id: number, element: ThriftElement, length: number): void {
    this.#field(id, LIST);
    if (length < 15) {
      this.#buffer.writeByte((length << 4) | element);
    } else {
      this.#buffer.writeByte(0xf0 | element);
      this.#buffer.writeVarint(length);
    }
  }

  /** Writes an element of a list of i32. */
  i32Element(value: number): void {
    this.#buffer.writeZigzag(value);
  }

  /** Writes an element of a list of texts. */
  textElement(value: string): void {
    this.#binaryValue(encodedName(value));
  }

  /** A struct field; its fields follow, then `end`. */
  struct(id: number): void {
    this.#field(id, STRUCT);
    this.begin();
  }

  /** A struct that is an element of a list, or the outermost one. */
  begin(): void {
    this.#outerFieldIds[this.#depth++] = this.#lastFieldId;
    this.#lastFieldId = 0;
  }

  /** Ends the innermost struct. */
  end(): void {
    this.#buffer.writeByte(0);
    this.#lastFieldId = this.#outerFieldIds[--this.#depth];
  }

  /** Writes a struct without fields: in a union its id alone is the value. */
  emptyStruct(id: number): void {
    this.struct(id);
    this.end();
  }

  #binaryValue(value: Uint8Array): void {
    this.#buffer.writeVarint(value.length);
    this.#buffer.writeBytes(value);
  }
}

import type { ByteBuffer } from './byte-buffer.ts';
import type { Compressor } from './codec.ts';
import { ENCODING, type Encoding, PAGE, type PageType } from './format.ts';
import { ThriftWriter } from './thrift-compact.ts';

/** Appends pages to a row group: each a header, then its compressed body. */
export class PageWriter {
  readonly #output: ByteBuffer;
  readonly #thrift: ThriftWriter;
  readonly #compress: Compressor;

  constructor(output: ByteBuffer, compress: Compressor) {
    this.#output = output;
    this.#thrift = new ThriftWriter(output);
    this.#compress = compress;
  }

  /** Bytes written so far. */
  get at(): number {
    return this.#output.at;
  }

  /** Returns the size of the page, header included, before compression. */
  writePage(type: PageType, valueCount: number, encoding: Encoding, body: Uint8Array): number {
    const compressed = this.#compress(body);
    const thrift = this.#thrift;
    const start = this.#output.at;
    thrift.begin();
    thrift.i32(1, type);
    thrift.i32(2, body.length);
    thrift.i32(3, compressed.length);
    thrift.struct(type === PAGE.DICTIONARY ? 7 : 5);
    thrift.i32(1, valueCount);
    thrift.i32(2, encoding);
    if (type === PAGE.DATA) {
      thrift.i32(3, ENCODING.RLE); // definition levels
      thrift.i32(4, ENCODING.RLE); // repetition levels, which flat columns do not have
    }
    thrift.end();
    thrift.end();
    const headerBytes = this.#output.at - start;
    this.#output.writeBytes(compressed);
    return headerBytes + body.length;
  }

  /** Appends pages that were written before. */
  repeat(start: number, end: number): void {
    this.#output.reserve(end - start);
    this.#output.bytes.copyWithin(this.#output.at, start, end);
    this.#output.at += end - start;
  }
}

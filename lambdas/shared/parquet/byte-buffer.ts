/**
 * A growing byte buffer whose memory is kept: touching fresh memory costs more than encoding into
 * it. Hot loops call `reserve` once, copy `bytes` or `view` to a local constant, write, and set
 * `at` at the end.
 */
export class ByteBuffer {
  bytes: Uint8Array;
  /** A view of the memory that `bytes` covers. */
  view: DataView;
  /** First free byte. */
  at = 0;

  constructor(capacityBytes: number) {
    this.bytes = new Uint8Array(capacityBytes);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Makes room for `sizeBytes` more at `at`. May replace `bytes` and `view`. */
  reserve(sizeBytes: number): void {
    const needed = this.at + sizeBytes;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.at));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }

  /** What was written, until the next write. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.at);
  }

  writeByte(value: number): void {
    this.reserve(1);
    this.bytes[this.at++] = value;
  }

  writeUint32(value: number): void {
    this.reserve(4);
    this.view.setUint32(this.at, value, true);
    this.at += 4;
  }

  writeBytes(source: Uint8Array): void {
    this.reserve(source.length);
    this.bytes.set(source, this.at);
    this.at += source.length;
  }

  /** Unsigned LEB128 of an integer from 0 to 2^53. */
  writeVarint(value: number): void {
    this.reserve(8);
    let rest = value;
    while (rest >= 0x80000000) {
      this.bytes[this.at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 0x80) {
      this.bytes[this.at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.at++] = rest;
  }

  /** Zigzag LEB128 of an integer whose absolute value is at most 2^52. */
  writeZigzag(value: number): void {
    this.writeVarint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** Zigzag LEB128 of any 64-bit integer. */
  writeZigzagBigInt(value: bigint): void {
    this.reserve(10);
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
    while (rest >= 0x80n) {
      this.bytes[this.at++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.bytes[this.at++] = Number(rest);
  }
}

import { ByteBuffer } from './byte-buffer.ts';

/** Block_Maximum_Size of RFC 8878 §3.1.1.2.4. */
const BLOCK_BYTES_MAX = 128 * 1024;

const BLOCK_RAW = 0;
const BLOCK_LAST = 1;

const frame = new ByteBuffer(BLOCK_BYTES_MAX);

/**
 * Wraps bytes in a zstd frame of raw blocks (RFC 8878 §3.1.1): valid, but not compressed. The
 * result is valid until the next call.
 */
export function storeAsZstd(body: Uint8Array): Uint8Array {
  const size = body.length;
  frame.at = 0;
  frame.writeUint32(0xfd2fb528);
  // One segment without a window; its size takes one byte, two that count from 256, or four.
  if (size < 256) {
    frame.writeByte(0x20);
    frame.writeByte(size);
  } else if (size < 256 + 65_536) {
    frame.writeByte(0x60);
    frame.writeByte((size - 256) & 0xff);
    frame.writeByte((size - 256) >>> 8);
  } else {
    frame.writeByte(0xa0);
    frame.writeUint32(size);
  }
  let from = 0;
  do {
    const to = Math.min(from + BLOCK_BYTES_MAX, size);
    const isLast = to === size ? BLOCK_LAST : 0;
    const header = ((to - from) << 3) | (BLOCK_RAW << 1) | isLast;
    for (let bits = 0; bits < 24; bits += 8) frame.writeByte((header >>> bits) & 0xff);
    frame.writeBytes(body.subarray(from, to));
    from = to;
  } while (from < size);
  return frame.written();
}

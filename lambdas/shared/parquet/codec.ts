import { constants, zstdCompressSync } from 'node:zlib';
import { compress as compressSnappy } from 'snappyjs';
import type { CodecName } from './format.ts';

/** Compresses the body of a page. The result may be `body` itself or memory that the next call overwrites. */
export type Compressor = (body: Uint8Array) => Uint8Array;

/**
 * Bodies up to this size are stored: one call of zstd costs about 25 µs, as much as encoding thousands of values, and what
 * it would save here is less than the page's header. A run writes a thousand such pages.
 */
const STORED_BYTES_MAX = 512;

/** Magic, descriptor, two bytes of content size, block header. */
const STORED_FRAME_HEADER_BYTES_MAX = 10;

const stored = new Uint8Array(STORED_BYTES_MAX + STORED_FRAME_HEADER_BYTES_MAX);

/** A frame of one raw block (RFC 8878 §3.1.1): valid zstd that was not compressed. */
function storeAsZstd(body: Uint8Array): Uint8Array {
  const size = body.length;
  let at = 0;
  for (const byte of [0x28, 0xb5, 0x2f, 0xfd]) stored[at++] = byte;
  // A single segment; its content size takes one byte, or two that count from 256.
  if (size < 256) {
    stored[at++] = 0x20;
    stored[at++] = size;
  } else {
    stored[at++] = 0x60;
    stored[at++] = (size - 256) & 0xff;
    stored[at++] = (size - 256) >>> 8;
  }
  const blockHeader = (size << 3) | 1; // raw, the last block
  for (let bits = 0; bits < 24; bits += 8) stored[at++] = (blockHeader >>> bits) & 0xff;
  stored.set(body, at);
  return stored.subarray(0, at + size);
}

/** What zstd needs at most (ZSTD_compressBound), so that the result comes in one piece. */
function zstdSizeBytesMax(size: number): number {
  return size + (size >>> 8) + 512;
}

function createZstd(level: number): Compressor {
  const params = { [constants.ZSTD_c_compressionLevel]: level };
  return (body) => {
    if (body.length <= STORED_BYTES_MAX) return storeAsZstd(body);
    return zstdCompressSync(body, {
      params,
      pledgedSrcSize: body.length,
      chunkSize: zstdSizeBytesMax(body.length),
    });
  };
}

export function createCompressor(codec: CodecName, zstdLevel: number): Compressor {
  switch (codec) {
    case 'zstd':
      return createZstd(zstdLevel);
    case 'snappy':
      return compressSnappy;
    case 'none':
      return (body) => body;
  }
}

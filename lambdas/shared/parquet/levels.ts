import type { ByteBuffer } from './byte-buffer.ts';
import type { ColumnKernel } from './column-kernel.ts';
import { writeRleRun } from './rle-hybrid.ts';

/**
 * Writes the definition levels of a page of a nullable column, after their size in bytes: 1 for a
 * value, 0 for a null. `levels` null means that no row is null.
 */
export function writeLevels(
  kernel: ColumnKernel,
  body: ByteBuffer,
  levels: Int32Array | null,
  rowCount: number,
): void {
  const sizeAt = body.at;
  body.writeUint32(0);
  if (levels === null) writeRleRun(body, { value: 1, count: rowCount, width: 1 });
  else kernel.packIndexes(body, levels, rowCount, 1);
  body.view.setUint32(sizeAt, body.at - sizeAt - 4, true);
}

import type { SQLOutputValue } from 'node:sqlite';
import { assert } from '../../model/errors.ts';

/**
 * The cells of a row from a statement of `SqliteFile.prepare`, which returns arrays though the
 * types of `node:sqlite` do not say so. Null if there is no row.
 */
export function cellsOf(row: unknown): readonly SQLOutputValue[] | null {
  if (row === undefined) return null;
  assert(Array.isArray(row), 'a row is an array');
  return row;
}

/** The text of a cell that holds UTF-8 bytes. */
export function textOf(cell: SQLOutputValue | undefined): string {
  if (typeof cell === 'string') return cell;
  assert(cell instanceof Uint8Array, 'a text is stored as text or bytes');
  return Buffer.from(cell.buffer, cell.byteOffset, cell.byteLength).toString();
}

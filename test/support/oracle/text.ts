/**
 * Part of the oracle: a second, slow, obvious implementation of contract §1–3, on strings and plain
 * objects. It shares nothing with the product but the contract, so that where the two agree, both
 * have read it the same way.
 */

export const FIELDS = [
  'order_id',
  'customer_id',
  'product_id',
  'order_timestamp',
  'quantity',
  'price',
  'status',
] as const;

export type Field = (typeof FIELDS)[number];

export type Values = Record<Field, string | null>;

export const LONGEST_RECORD = 1024 * 1024;

/** One character per byte, so that text functions can look for bytes. */
export function byteText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** null: the bytes are not UTF-8. A byte order mark is a character like others. */
export function utf8OrNull(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/**
 * What the quarantine table shows of a record: its first 64 KiB, without a character that the cut
 * has broken.
 */
export function rawText(record: Uint8Array): string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const isCut = record.length > 65_536;
  return decoder.decode(record.subarray(0, 65_536), { stream: isCut });
}

export function trimmed(value: string): string {
  return value.replace(/^[ \t\r\n\v\f]+/, '').replace(/[ \t\r\n\v\f]+$/, '');
}

/** The trimmed value, or null where it is missing. */
export function present(value: string | null): string | null {
  if (value === null) return null;
  const text = trimmed(value);
  return ['', 'null', 'NULL', 'NaN', 'None', '\\N'].includes(text) ? null : text;
}

export function compareText(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** `12345n` → `"123.45"`. */
export function decimalText(cents: bigint): string {
  return `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;
}

import { FIELD_COUNT, ORDER_FIELDS } from '../model/order.ts';
import { QUOTE } from './bytes.ts';

/** The seven names, each with the quote that ends a key: one comparison tells a key from a longer one. */
const KEYS = ORDER_FIELDS.map((name) => Uint8Array.from(Buffer.from(`${name}"`)));

/** Events of one producer have their keys in one order. Beyond this many keys nothing is guessed. */
const GUESSED_MEMBERS = 16;

/** The field that the last event had as its n-th member, -1: another key. It makes scans faster, never different. */
const fieldOfMember = new Int8Array(GUESSED_MEMBERS).fill(-1);
for (let field = 0; field < FIELD_COUNT; field++) fieldOfMember[field] = field;

/** The field that the n-th member probably is, or -1. */
export function guessField(member: number): number {
  return member < GUESSED_MEMBERS ? fieldOfMember[member] : -1;
}

export function rememberField(member: number, field: number): void {
  if (member < GUESSED_MEMBERS) fieldOfMember[member] = field;
}

/** The position of the closing quote where the key that begins at `from` is that field's, without escapes; else -1. */
export function endOfFieldKey(bytes: Uint8Array, from: number, end: number, field: number): number {
  const key = KEYS[field];
  const closing = from + key.length - 1;
  if (closing >= end || bytes[closing] !== QUOTE) return -1;
  for (let i = 0; i < key.length - 1; i++) if (bytes[from + i] !== key[i]) return -1;
  return closing;
}

/** The field whose name the bytes `[from, end)` are, or -1. */
export function fieldOfName(bytes: Uint8Array, from: number, end: number): number {
  for (let field = 0; field < FIELD_COUNT; field++) {
    const key = KEYS[field];
    if (key.length - 1 !== end - from) continue;
    let i = 0;
    while (from + i < end && bytes[from + i] === key[i]) i++;
    if (from + i === end) return field;
  }
  return -1;
}

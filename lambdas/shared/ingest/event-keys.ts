import { viewOf } from '../bytes/bytes.ts';
import { FIELD_COUNT, ORDER_FIELDS } from '../model/order.ts';

/**
 * The seven names, each with the quote that ends a key: one comparison tells a key from a longer
 * one.
 */
const KEYS = ORDER_FIELDS.map((name) => Uint8Array.from(Buffer.from(`${name}"`)));

/**
 * Events of one producer have their keys in one order. Beyond this many keys nothing is guessed.
 */
const GUESSED_MEMBERS = 16;

/**
 * The field that the last event had as its n-th member, -1: another key. It makes scans faster,
 * never different.
 */
const fieldOfMember = new Int8Array(GUESSED_MEMBERS).fill(-1);
for (let field = 0; field < FIELD_COUNT; field++) fieldOfMember[field] = field;

/**
 * Guesses which field the n-th member of an event holds, from earlier events of this process; -1
 * without a guess. A wrong guess costs time only: callers check the key.
 */
export function guessField(member: number): number {
  return member < GUESSED_MEMBERS ? fieldOfMember[member] : -1;
}

/**
 * Remembers, for `guessField`, that the n-th member of an event held this field. Process-wide;
 * affects speed only.
 */
export function rememberField(member: number, field: number): void {
  if (member < GUESSED_MEMBERS) fieldOfMember[member] = field;
}

/** Each key as words of four bytes; the last word is its last four bytes, so it may overlap. */
const KEY_WORDS = KEYS.map((key) => {
  const wordCount = Math.ceil(key.length / 4);
  const view = viewOf(key);
  return Int32Array.from({ length: wordCount }, (_, word) =>
    view.getInt32(Math.min(word * 4, key.length - 4)),
  );
});

/**
 * The position of the closing quote if the key at `from` is the field's name, written without
 * escapes; otherwise -1.
 */
export function endOfFieldKey(view: DataView, from: number, end: number, field: number): number {
  const words = KEY_WORDS[field];
  const keyEnd = from + KEYS[field].length;
  if (keyEnd > end) return -1;
  const lastWord = words.length - 1;
  if (view.getInt32(keyEnd - 4) !== words[lastWord]) return -1;
  for (let word = 0; word < lastWord; word++) {
    if (view.getInt32(from + word * 4) !== words[word]) return -1;
  }
  return keyEnd - 1;
}

/** The index of the field named by the bytes `[from, end)`, or -1. */
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

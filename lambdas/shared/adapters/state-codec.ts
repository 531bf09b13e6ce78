import { hash } from 'node:crypto';
import type { Attributes, StateOperation, StateValue } from '../ports/state-store.ts';
import { isList } from './state-items.ts';

/**
 * JSON has no bytes, so they are marked, and so are maps, which could be mistaken for a mark:
 * `{"b": base64}`, `{"m": {…}}`. All other values are plain JSON.
 */
type Encoded =
  | string
  | number
  | boolean
  | null
  | readonly Encoded[]
  | { readonly b: string }
  | { readonly m: Readonly<Record<string, Encoded>> };

/** Attributes as JSON text; equal attributes give equal text, whatever the order of their names. */
export function encodeAttributes(attributes: Attributes): string {
  return JSON.stringify(encodeMap(attributes));
}

/** Decodes text made by `encodeAttributes`; bytes get memory of their own. */
export function decodeAttributes(text: string): Attributes {
  return decodeMap(JSON.parse(text));
}

/**
 * A text that is equal for equal operations only: tells a repeated transaction from another one
 * with its token.
 */
export function fingerprintOf(operations: readonly StateOperation[]): string {
  const parts = operations.map((operation) => {
    const { kind, key } = operation;
    const identity = [kind, key.pk, key.sk];
    if (kind === 'put') return [identity, operation.ifAbsent, encodeMap(operation.attributes)];
    if (kind === 'delete') return [identity];
    const tests = operation.tests.map((test) => [
      test.attribute,
      'equals' in test ? [test.equals] : [],
    ]);
    if (kind === 'check') return [identity, tests];
    return [identity, tests, operation.remove?.toSorted() ?? [], encodeMap(operation.set)];
  });
  return hash('sha256', JSON.stringify(parts));
}

function encodeMap(map: Attributes): Readonly<Record<string, Encoded>> {
  const names = Object.keys(map).sort();
  return Object.fromEntries(names.map((name) => [name, encode(map[name])]));
}

function encode(value: StateValue): Encoded {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Uint8Array) return { b: bufferOf(value).toString('base64') };
  return isList(value) ? value.map(encode) : { m: encodeMap(value) };
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function decodeMap(map: Readonly<Record<string, Encoded>>): Attributes {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, decode(value)]));
}

function decode(value: Encoded): StateValue {
  if (value === null || typeof value !== 'object') return value;
  if (isEncodedList(value)) return value.map(decode);
  // Its own memory: a small buffer would share that of all buffers.
  return 'b' in value ? new Uint8Array(Buffer.from(value.b, 'base64')) : decodeMap(value.m);
}

function isEncodedList(value: Encoded): value is readonly Encoded[] {
  return Array.isArray(value);
}

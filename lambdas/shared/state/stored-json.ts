import { ObjectNotFoundError, TerminalError } from '../model/errors.ts';
import { problemOf, type Shape } from '../model/shape.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { parseJson } from '../runtime/json.ts';

/** A kind of JSON object in a lake, and what helps where one cannot be used. */
export interface StoredKind {
  /** `manifest`: begins the message. */
  readonly what: string;
  readonly shape: Shape;
  /** Error code if the object is not what it has to be. */
  readonly damagedCode: string;
  /** Error code if the object is missing; without one, `ObjectNotFoundError` is thrown. */
  readonly missingCode?: string;
  /** `restore the object`: ends the message. */
  readonly wayOut: string;
}

type Unpack = (bytes: Uint8Array) => Uint8Array;

/**
 * Reads a stored JSON object and checks its shape; `unpack` turns packed bytes into JSON text.
 * Throws `TerminalError` with the codes of its kind, naming the key, what is wrong and what to do.
 */
export async function readStored<T>(
  lake: ObjectStore,
  key: string,
  kind: StoredKind,
  unpack: Unpack = (bytes) => bytes,
): Promise<T> {
  let bytes: Uint8Array;
  try {
    bytes = await lake.get(key);
  } catch (cause) {
    const { missingCode, what, wayOut } = kind;
    if (!(cause instanceof ObjectNotFoundError) || missingCode === undefined) throw cause;
    throw new TerminalError(missingCode, `${what} ${key} is missing; ${wayOut}`, { cause });
  }
  return decodeStored<T>(bytes, key, kind, unpack);
}

/**
 * Decodes and checks bytes already read. Throws `TerminalError` with the kind's damaged code,
 * naming the key and what is wrong.
 */
export function decodeStored<T>(
  bytes: Uint8Array,
  key: string,
  kind: StoredKind,
  unpack: Unpack = (packed) => packed,
): T {
  const damaged = (problem: string, cause?: unknown) => {
    const message = `${kind.what} ${key} is damaged: ${problem}; ${kind.wayOut}`;
    return new TerminalError(kind.damagedCode, message, { cause });
  };
  let value: unknown;
  try {
    value = parseJson(unpack(bytes));
  } catch (cause) {
    const isJson = cause instanceof SyntaxError;
    const problem = isJson ? 'it is not JSON' : 'it cannot be unpacked';
    throw damaged(bytes.length === 0 ? 'it is empty' : problem, cause);
  }
  const problem = problemOf(kind.shape, value);
  if (problem !== null) throw damaged(problem);
  return value as T;
}

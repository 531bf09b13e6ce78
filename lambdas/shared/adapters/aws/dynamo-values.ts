import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { assert } from '../../model/errors.ts';
import type { Attributes, StateItem, StateKey, StateValue } from '../../ports/state-store.ts';
import { isList } from '../state-items.ts';

export type DynamoItem = Record<string, AttributeValue>;

/** The SDK loses a name `__proto__` when it reads: such names get one `_` more in the table. */
const LOST_NAME = /^_*__proto__$/;

/**
 * The name under which the table stores an attribute: `__proto__` gets one more `_`, because the
 * SDK loses it on reading.
 */
export function storedName(name: string): string {
  return LOST_NAME.test(name) ? `_${name}` : name;
}

function nameOf(stored: string): string {
  return stored.length > '__proto__'.length && LOST_NAME.test(stored) ? stored.slice(1) : stored;
}

/** The key of an item in DynamoDB's form: `pk` and `sk`, both text. */
export function toKey({ pk, sk }: StateKey): DynamoItem {
  return { pk: { S: pk }, sk: { S: sk } };
}

/**
 * Attributes in DynamoDB's form, sorted by name: DynamoDB compares the requests of one token, so
 * equal attributes must give equal requests.
 */
export function toMap(attributes: Attributes): DynamoItem {
  const names = Object.keys(attributes).sort();
  return Object.fromEntries(names.map((name) => [storedName(name), toValue(attributes[name])]));
}

/**
 * A value in DynamoDB's form. Copies bytes at once, because the SDK reads them only when it sends.
 */
export function toValue(value: StateValue): AttributeValue {
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'boolean') return { BOOL: value };
  // Zero has no sign in a store.
  if (typeof value === 'number') return { N: value === 0 ? '0' : `${value}` };
  if (value instanceof Uint8Array) return { B: new Uint8Array(value) };
  return isList(value) ? { L: value.map(toValue) } : { M: toMap(value) };
}

/** An item as read from the table; asserts a text key. */
export function toStateItem(item: DynamoItem): StateItem {
  const { pk, sk, ...rest } = item;
  assert(pk?.S !== undefined && sk?.S !== undefined, 'the key of an item is text: pk and sk');
  return { key: { pk: pk.S, sk: sk.S }, attributes: fromMap(rest) };
}

function fromMap(map: DynamoItem): Attributes {
  return Object.fromEntries(
    Object.entries(map).map(([name, value]) => [nameOf(name), fromValue(name, value)]),
  );
}

function fromValue(name: string, value: AttributeValue): StateValue {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.B !== undefined) return new Uint8Array(value.B);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.NULL !== undefined) return null;
  if (value.L !== undefined) return value.L.map((element) => fromValue(name, element));
  assert(value.M !== undefined, `attribute ${name} is of a kind that no operation writes`);
  return fromMap(value.M);
}

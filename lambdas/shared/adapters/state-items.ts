import {
  type Attributes,
  type AttributeTest,
  MAX_ITEM_BYTES,
  MAX_TRANSACTION_OPERATIONS,
  type SortRange,
  type StateKey,
  type StateOperation,
  type StateValue,
} from '../ports/state-store.ts';

/** Names of the key's attributes in the table: no other attribute may have them. */
const KEY_NAMES = ['pk', 'sk'];
/** DynamoDB's limits of keys, nesting and tokens ("Quotas"; ClientRequestToken). */
const MAX_PARTITION_KEY_BYTES = 2_048;
const MAX_SORT_KEY_BYTES = 1_024;
const MAX_NESTING = 32;
const MAX_TOKEN_LENGTH = 36;

/**
 * Bytes that DynamoDB counts for an item: names and values of all attributes, key included
 * ("DynamoDB item sizes and formats"). Numbers count at their largest size.
 */
export function itemSizeBytes(key: StateKey, attributes: Attributes): number {
  return mapSizeBytes({ pk: key.pk, sk: key.sk }) + mapSizeBytes(attributes);
}

function mapSizeBytes(map: Attributes): number {
  let sizeBytes = 0;
  for (const [name, value] of Object.entries(map)) {
    sizeBytes += Buffer.byteLength(name) + valueSizeBytes(value);
  }
  return sizeBytes;
}

/** What a list or a map takes besides its elements, and each element besides its value. */
const CONTAINER_BYTES = 3;
const ELEMENT_BYTES = 1;

function valueSizeBytes(value: StateValue): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return numberSizeBytes(value);
  if (value === null || typeof value === 'boolean') return 1;
  if (value instanceof Uint8Array) return value.byteLength;
  if (isList(value)) {
    let sizeBytes = CONTAINER_BYTES;
    for (const element of value) sizeBytes += valueSizeBytes(element) + ELEMENT_BYTES;
    return sizeBytes;
  }
  return CONTAINER_BYTES + mapSizeBytes(value) + Object.keys(value).length * ELEMENT_BYTES;
}

/** One byte per two significant digits, one more, and one for the sign. */
function numberSizeBytes(value: number): number {
  const digits = `${Math.abs(value)}`.replace(/0+$/, '');
  return Math.ceil(digits.length / 2) + 1 + (value < 0 ? 1 : 0);
}

/** A type guard, because `Array.isArray` does not tell a read-only array from a map. */
export function isList(value: StateValue): value is readonly StateValue[] {
  return Array.isArray(value);
}

/** Throws `RangeError` for a key that DynamoDB would refuse, in every store. */
export function assertStateKey(key: StateKey): void {
  assertPartitionKey(key.pk);
  assertSortKey(key.sk);
}

/** Throws `RangeError` for a text that cannot be an item's `pk`. */
export function assertPartitionKey(pk: string): void {
  assertKeyText('pk', pk, MAX_PARTITION_KEY_BYTES);
}

function assertSortKey(sk: string): void {
  assertKeyText('sk', sk, MAX_SORT_KEY_BYTES);
}

/** Throws `RangeError` if an end of the range cannot be an item's `sk`. */
export function assertSortRange(range: SortRange): void {
  assertSortKey(range.from);
  assertSortKey(range.to);
}

function assertKeyText(name: string, text: string, maxBytes: number): void {
  assertWellFormed(name, text);
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes < 1 || sizeBytes > maxBytes) {
    throw new RangeError(`${name} of ${sizeBytes} bytes: expected 1 to ${maxBytes}`);
  }
}

function assertWellFormed(name: string, text: string): void {
  if (!text.isWellFormed()) throw new RangeError(`${name} has an unpaired surrogate`);
}

/**
 * Throws `RangeError` for a transaction that every store refuses, regardless of the stored items.
 */
export function assertTransaction(operations: readonly StateOperation[], token: string): void {
  if (token.length < 1 || token.length > MAX_TOKEN_LENGTH) {
    throw new RangeError(`token of ${token.length} characters: expected 1 to ${MAX_TOKEN_LENGTH}`);
  }
  const count = operations.length;
  if (count < 1 || count > MAX_TRANSACTION_OPERATIONS) {
    throw new RangeError(`${count} operations: expected 1 to ${MAX_TRANSACTION_OPERATIONS}`);
  }
  const seen = new Set<string>();
  for (const operation of operations) {
    assertOperation(operation);
    const { pk, sk } = operation.key;
    const name = JSON.stringify([pk, sk]);
    if (seen.has(name)) throw new RangeError(`key ${name} occurs twice in a transaction`);
    seen.add(name);
  }
}

function assertOperation(operation: StateOperation): void {
  assertStateKey(operation.key);
  if (operation.kind === 'put') {
    assertAttributes(operation.attributes);
    assertItemSize(operation.key, operation.attributes);
  }
  if (operation.kind === 'update') {
    assertAttributes(operation.set);
    const removed = new Set<string>();
    for (const name of operation.remove ?? []) {
      assertName(name);
      if (removed.has(name) || Object.hasOwn(operation.set, name)) {
        throw new RangeError(`attribute ${JSON.stringify(name)} is changed twice in an update`);
      }
      removed.add(name);
    }
  }
  if (operation.kind === 'update' || operation.kind === 'check')
    operation.tests.forEach(assertTest);
}

function assertTest(test: AttributeTest): void {
  assertName(test.attribute);
  if ('equals' in test) assertValue(test.attribute, test.equals, 0);
}

function assertAttributes(attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    assertName(name);
    assertValue(name, value, 0);
  }
}

function assertName(name: string): void {
  assertWellFormed('an attribute name', name);
  if (name === '' || KEY_NAMES.includes(name)) {
    throw new RangeError(`attribute name ${JSON.stringify(name)}: it is empty or the key's`);
  }
}

function assertValue(name: string, value: StateValue, depth: number): void {
  if (depth > MAX_NESTING) throw new RangeError(`${name} is nested deeper than ${MAX_NESTING}`);
  if (value === null || typeof value === 'boolean' || value instanceof Uint8Array) return;
  if (typeof value === 'string') {
    assertWellFormed(name, value);
    return;
  }
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) {
      throw new RangeError(`${name} is ${value}: expected a safe integer`);
    }
    return;
  }
  if (typeof value !== 'object') {
    throw new RangeError(`${name} is of type ${typeof value}, which no item can hold`);
  }
  for (const [key, element] of Object.entries(value)) {
    assertWellFormed(name, key);
    if (key === '') throw new RangeError(`${name} has an empty name in a map`);
    assertValue(name, element, depth + 1);
  }
}

/**
 * Returns an item's size in bytes; throws `RangeError` if it exceeds the limit. For an item before
 * or after an update.
 */
export function assertItemSize(key: StateKey, attributes: Attributes): number {
  const sizeBytes = itemSizeBytes(key, attributes);
  if (sizeBytes > MAX_ITEM_BYTES) {
    const name = `${key.pk} / ${key.sk}`;
    throw new RangeError(`item ${name} of ${sizeBytes} bytes: expected ${MAX_ITEM_BYTES} at most`);
  }
  return sizeBytes;
}

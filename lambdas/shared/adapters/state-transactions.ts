import {
  type Attributes,
  type AttributeTest,
  MAX_TRANSACTION_BYTES,
  type StateKey,
  type StateOperation,
} from '../ports/state-store.ts';
import { assertItemSize, itemSizeBytes } from './state-items.ts';

/** How long DynamoDB knows the token of a transaction after its commit. */
export const TOKEN_LIFE_MS = 10 * 60 * 1_000;

/** What an item becomes; null: it goes. */
export interface ItemChange {
  readonly key: StateKey;
  readonly attributes: Attributes | null;
}

export type TransactionDecision =
  | { readonly status: 'apply'; readonly changes: readonly ItemChange[] }
  | { readonly status: 'condition_failed'; readonly failed: readonly number[] };

/**
 * Decides a transaction against the items that `read` returns, without writing. Throws `RangeError`
 * if its conditions hold but an item or the whole would be too large.
 */
export function decideTransaction(
  operations: readonly StateOperation[],
  read: (key: StateKey) => Attributes | null,
): TransactionDecision {
  const before = operations.map((operation) => read(operation.key));
  const failed = operations.flatMap((operation, index) =>
    isHeld(operation, before[index]) ? [] : [index],
  );
  if (failed.length > 0) return { status: 'condition_failed', failed };

  const changes: ItemChange[] = [];
  let totalBytes = 0;
  for (const [index, operation] of operations.entries()) {
    const { key } = operation;
    const old = before[index];
    const attributes = operation.kind === 'check' ? old : changed(operation, old);
    if (operation.kind !== 'check') changes.push({ key, attributes });
    const oldBytes = old === null ? 0 : itemSizeBytes(key, old);
    const newBytes = attributes === null ? 0 : assertItemSize(key, attributes);
    totalBytes += Math.max(oldBytes, newBytes);
  }
  if (totalBytes > MAX_TRANSACTION_BYTES) {
    throw new RangeError(
      `a transaction over items of ${totalBytes} bytes: expected ${MAX_TRANSACTION_BYTES} at most`,
    );
  }
  return { status: 'apply', changes };
}

function isHeld(operation: StateOperation, item: Attributes | null): boolean {
  if (operation.kind === 'delete') return true;
  if (operation.kind === 'put') return !operation.ifAbsent || item === null;
  return item !== null && operation.tests.every((test) => passes(test, item));
}

function passes(test: AttributeTest, item: Attributes): boolean {
  const isPresent = Object.hasOwn(item, test.attribute);
  if ('absent' in test) return !isPresent;
  return isPresent && item[test.attribute] === test.equals;
}

function changed(
  operation: Exclude<StateOperation, { kind: 'check' }>,
  old: Attributes | null,
): Attributes | null {
  if (operation.kind === 'delete') return null;
  if (operation.kind === 'put') return operation.attributes;
  // Entries, because an assignment to `__proto__` would not make an attribute.
  const attributes = new Map([...Object.entries(old ?? {}), ...Object.entries(operation.set)]);
  for (const name of operation.remove ?? []) attributes.delete(name);
  return Object.fromEntries(attributes);
}

import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import {
  type AttributeTest,
  MAX_TRANSACTION_BYTES,
  type StateOperation,
} from '../../ports/state-store.ts';
import { itemSizeBytes } from '../state-items.ts';
import { type DynamoItem, storedName, toKey, toMap, toValue } from './dynamo-values.ts';

/** Throws `RangeError` if the items put exceed DynamoDB's size limit of a transaction together. */
export function assertTransactionSize(operations: readonly StateOperation[]): void {
  const totalBytes = operations.reduce(
    (sum, operation) =>
      sum + (operation.kind === 'put' ? itemSizeBytes(operation.key, operation.attributes) : 0),
    0,
  );
  if (totalBytes > MAX_TRANSACTION_BYTES) {
    throw new RangeError(
      `transaction with puts of ${totalBytes} bytes; allowed: up to ${MAX_TRANSACTION_BYTES}`,
    );
  }
}

/**
 * The DynamoDB form of one operation. An update without changes becomes a ConditionCheck, because
 * DynamoDB refuses an empty expression.
 */
export function toTransactItem(operation: StateOperation, TableName: string): TransactWriteItem {
  if (operation.kind === 'put') {
    const { key, attributes, ifAbsent } = operation;
    const Item: DynamoItem = { ...toKey(key), ...toMap(attributes) };
    const condition = ifAbsent && { ConditionExpression: 'attribute_not_exists(pk)' };
    return { Put: { TableName, Item, ...condition } };
  }
  const Key = toKey(operation.key);
  if (operation.kind === 'delete') return { Delete: { TableName, Key } };
  const expressions = new Expressions();
  const ConditionExpression = expressions.conditionOf(operation.tests);
  const UpdateExpression = operation.kind === 'update' ? expressions.updateOf(operation) : '';
  const common = { TableName, Key, ConditionExpression, ...expressions.placeholders() };
  // An update without a change is what its tests say, and DynamoDB refuses an empty expression.
  if (UpdateExpression === '') return { ConditionCheck: common };
  return { Update: { ...common, UpdateExpression } };
}

/** Expressions over placeholders: any text may be the name of an attribute. */
class Expressions {
  readonly #names = new Map<string, string>();
  readonly #values: AttributeValue[] = [];

  /** Holds for an item that exists and passes the tests. */
  conditionOf(tests: readonly AttributeTest[]): string {
    const terms = tests.map((test) => {
      const name = this.#nameOf(test.attribute);
      return 'absent' in test
        ? `attribute_not_exists(${name})`
        : `${name} = ${this.#valueOf(toValue(test.equals))}`;
    });
    return ['attribute_exists(pk)', ...terms].join(' AND ');
  }

  /** Empty if nothing changes. */
  updateOf({ set, remove = [] }: Extract<StateOperation, { kind: 'update' }>): string {
    const sets = Object.keys(set)
      .sort()
      .map((name) => `${this.#nameOf(name)} = ${this.#valueOf(toValue(set[name]))}`);
    const removes = remove.toSorted().map((name) => this.#nameOf(name));
    const clauses = [
      ...(sets.length > 0 ? [`SET ${sets.join(', ')}`] : []),
      ...(removes.length > 0 ? [`REMOVE ${removes.join(', ')}`] : []),
    ];
    return clauses.join(' ');
  }

  /** DynamoDB refuses empty maps of them, and those that no expression uses. */
  placeholders(): {
    ExpressionAttributeNames?: Record<string, string>;
    ExpressionAttributeValues?: DynamoItem;
  } {
    const names = [...this.#names].map(([name, placeholder]) => [placeholder, name]);
    const values = this.#values.map((value, i) => [`:v${i}`, value]);
    return {
      ...(names.length > 0 && { ExpressionAttributeNames: Object.fromEntries(names) }),
      ...(values.length > 0 && { ExpressionAttributeValues: Object.fromEntries(values) }),
    };
  }

  #nameOf(attribute: string): string {
    const stored = storedName(attribute);
    const placeholder = this.#names.get(stored) ?? `#n${this.#names.size}`;
    this.#names.set(stored, placeholder);
    return placeholder;
  }

  #valueOf(value: AttributeValue): string {
    this.#values.push(value);
    return `:v${this.#values.length - 1}`;
  }
}

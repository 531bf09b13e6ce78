/**
 * Small items under two-part keys, changed by transactions with conditions: what DynamoDB does
 * (docs: TransactWriteItems, Query, ConsistentRead). The shard log, HEADs and the epochs live here.
 */

export interface StateKey {
  /** Items that are queried together share it. */
  readonly pk: string;
  /** Orders the items of a `pk`, bytewise (UTF-8). */
  readonly sk: string;
}

/** Numbers are safe integers; larger ones are text. */
export type StateValue =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | readonly StateValue[]
  | { readonly [name: string]: StateValue };

export type Attributes = Readonly<Record<string, StateValue>>;

export interface StateItem {
  readonly key: StateKey;
  readonly attributes: Attributes;
}

/** What has to hold of one attribute of an item. An attribute that is null is not absent. */
export type AttributeTest =
  | { readonly attribute: string; readonly equals: string | number | boolean }
  | { readonly attribute: string; readonly absent: true };

export type StateOperation =
  /** Writes the whole item. With `ifAbsent` only where no item has the key. */
  | {
      readonly kind: 'put';
      readonly key: StateKey;
      readonly attributes: Attributes;
      readonly ifAbsent?: true;
    }
  /**
   * Sets and removes single attributes of an item that exists and passes the tests; the others stay
   * as they are. An item that does not exist fails the operation.
   */
  | {
      readonly kind: 'update';
      readonly key: StateKey;
      readonly set: Attributes;
      readonly remove?: readonly string[];
      readonly tests: readonly AttributeTest[];
    }
  /** Changes nothing; fails unless the item exists and passes the tests. */
  | { readonly kind: 'check'; readonly key: StateKey; readonly tests: readonly AttributeTest[] }
  /** An item that does not exist is deleted already. */
  | { readonly kind: 'delete'; readonly key: StateKey };

export type TransactResult =
  | { readonly status: 'committed' }
  /** Nothing was changed; the indexes of the operations whose condition did not hold. */
  | { readonly status: 'condition_failed'; readonly failed: readonly number[] };

/** Bounds of sort keys, both inclusive. The range is empty if `to` comes before `from`. */
export interface SortRange {
  readonly from: string;
  readonly to: string;
}

/** DynamoDB's limits, which every adapter holds to. */
export const MAX_ITEM_BYTES = 400 * 1024;
export const MAX_TRANSACTION_OPERATIONS = 100;
export const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024;

export interface StateStore {
  /** Sees every transaction that was answered. Null if there is no such item. */
  get(key: StateKey): Promise<StateItem | null>;
  /**
   * The items of a `pk` in bytewise order of `sk`, fetched page by page. Each page sees every
   * transaction that was answered before it was fetched; two pages may see different states, and a
   * page may show a transaction that is under way in part (DynamoDB: read-committed).
   */
  query(pk: string, range?: SortRange): AsyncIterable<StateItem>;
  /**
   * All operations or none. One key at most once in a transaction. `token` makes a repetition
   * harmless: the same token with the same operations within ten minutes of a commit answers
   * `committed` and changes nothing. Throws `RetryableError` (a conflict or throttle: nothing was
   * changed), `OutcomeUnknownError` (no answer: it may have been committed or not), and
   * `RangeError` beyond the limits above, for what no item can hold, and for a token that was
   * committed with other operations.
   */
  transact(operations: readonly StateOperation[], token: string): Promise<TransactResult>;
}

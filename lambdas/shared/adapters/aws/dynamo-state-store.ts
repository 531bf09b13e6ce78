import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type {
  SortRange,
  StateItem,
  StateKey,
  StateOperation,
  StateStore,
  TransactResult,
} from '../../ports/state-store.ts';
import { compareKeys } from '../object-keys.ts';
import {
  assertPartitionKey,
  assertSortRange,
  assertStateKey,
  assertTransaction,
} from '../state-items.ts';
import {
  isCancellation,
  resultOfCancellation,
  toTableError,
  toTransactError,
} from './dynamo-errors.ts';
import { assertTransactionSize, toTransactItem } from './dynamo-operations.ts';
import { type DynamoItem, toKey, toStateItem } from './dynamo-values.ts';
import { failAtLostAnswer } from './lost-answers.ts';

export interface DynamoStateStoreOptions {
  readonly client: DynamoDBClient;
  /** A table with the key `pk` (text, HASH), `sk` (text, RANGE). */
  readonly tableName: string;
}

/**
 * A DynamoDB table as state store. Every change, single ones too, is a TransactWriteItems: only
 * that call takes a token, and without one a repetition would meet its own effect. All reads are
 * strongly consistent.
 */
export class DynamoStateStore implements StateStore {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;

  constructor({ client, tableName }: DynamoStateStoreOptions) {
    this.#client = client;
    this.#tableName = tableName;
  }

  async get(key: StateKey): Promise<StateItem | null> {
    assertStateKey(key);
    const command = new GetItemCommand({
      TableName: this.#tableName,
      Key: toKey(key),
      ConsistentRead: true,
    });
    try {
      const { Item } = await this.#client.send(command);
      return Item === undefined ? null : toStateItem(Item);
    } catch (error) {
      throw toTableError(error, this.#tableName, 'dynamodb:GetItem');
    }
  }

  async *query(pk: string, range?: SortRange): AsyncIterable<StateItem> {
    assertPartitionKey(pk);
    if (range !== undefined) {
      assertSortRange(range);
      // DynamoDB refuses bounds in the wrong order.
      if (compareKeys(range.from, range.to) > 0) return;
    }
    let from: DynamoItem | undefined;
    do {
      const page = await this.#page(pk, range, from);
      for (const item of page.items) yield toStateItem(item);
      from = page.next;
    } while (from !== undefined);
  }

  async transact(operations: readonly StateOperation[], token: string): Promise<TransactResult> {
    assertTransaction(operations, token);
    assertTransactionSize(operations);
    const command = new TransactWriteItemsCommand({
      TransactItems: operations.map((operation) => toTransactItem(operation, this.#tableName)),
      ClientRequestToken: token,
    });
    // The caller has the token and decides how long to retry.
    failAtLostAnswer(command);
    try {
      await this.#client.send(command);
      return { status: 'committed' };
    } catch (error) {
      if (isCancellation(error)) return resultOfCancellation(error, operations);
      throw toTransactError(error, this.#tableName);
    }
  }

  async #page(
    pk: string,
    range: SortRange | undefined,
    from: DynamoItem | undefined,
  ): Promise<{ items: DynamoItem[]; next: DynamoItem | undefined }> {
    const values: Record<string, AttributeValue> = { ':pk': { S: pk } };
    let condition = 'pk = :pk';
    if (range !== undefined) {
      condition += ' AND sk BETWEEN :from AND :to';
      values[':from'] = { S: range.from };
      values[':to'] = { S: range.to };
    }
    const command = new QueryCommand({
      TableName: this.#tableName,
      ConsistentRead: true,
      KeyConditionExpression: condition,
      ExpressionAttributeValues: values,
      ExclusiveStartKey: from,
    });
    try {
      const { Items = [], LastEvaluatedKey } = await this.#client.send(command);
      return { items: Items, next: LastEvaluatedKey };
    } catch (error) {
      throw toTableError(error, this.#tableName, 'dynamodb:Query');
    }
  }
}

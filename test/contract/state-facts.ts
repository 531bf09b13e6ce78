import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { RetryableError } from '../../lambdas/shared/model/errors.ts';
import type {
  Attributes,
  SortRange,
  StateItem,
  StateOperation,
  StateStore,
  TransactResult,
} from '../../lambdas/shared/ports/state-store.ts';

/** What a store promises, by the fact that shows it. Nothing else uses this `pk`. */
export type StateFacts = Readonly<Record<string, (store: StateStore, pk: string) => Promise<void>>>;

/** Unlike every other, also in a table that earlier runs have used. */
export const newPk = (): string => `contract-${randomUUID()}`;
export const newToken = (): string => randomUUID();

export const put = (pk: string, sk: string, attributes: Attributes): StateOperation => ({
  kind: 'put',
  key: { pk, sk },
  attributes,
});

/** Many writers at once may hinder each other: as often as that, again. */
const ATTEMPTS_MAX = 1_000;

export async function transact(
  store: StateStore,
  operations: readonly StateOperation[],
): Promise<TransactResult> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await store.transact(operations, newToken());
    } catch (error) {
      if (!(error instanceof RetryableError) || attempt >= ATTEMPTS_MAX) throw error;
    }
  }
}

export async function commit(store: StateStore, ...operations: StateOperation[]): Promise<void> {
  expect(await transact(store, operations)).toEqual({ status: 'committed' });
}

export async function attributesOf(
  store: StateStore,
  pk: string,
  sk: string,
): Promise<Attributes | undefined> {
  return (await store.get({ pk, sk }))?.attributes;
}

export async function queried(
  store: StateStore,
  pk: string,
  range?: SortRange,
): Promise<StateItem[]> {
  const items: StateItem[] = [];
  for await (const item of store.query(pk, range)) items.push(item);
  return items;
}

export async function sksOf(store: StateStore, pk: string, range?: SortRange): Promise<string[]> {
  return (await queried(store, pk, range)).map((item) => item.key.sk);
}

import { compareKeys } from '../../../lambdas/shared/adapters/object-keys.ts';
import { fingerprintOf } from '../../../lambdas/shared/adapters/state-codec.ts';
import {
  assertPartitionKey,
  assertSortRange,
  assertStateKey,
  assertTransaction,
  isList,
} from '../../../lambdas/shared/adapters/state-items.ts';
import {
  decideTransaction,
  type ItemChange,
  TOKEN_LIFE_MS,
} from '../../../lambdas/shared/adapters/state-transactions.ts';
import type { Clock } from '../../../lambdas/shared/ports/clock.ts';
import type {
  Attributes,
  SortRange,
  StateItem,
  StateKey,
  StateOperation,
  StateStore,
  StateValue,
  TransactResult,
} from '../../../lambdas/shared/ports/state-store.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface MemoryStateStoreOptions {
  readonly clock?: Clock;
  /** Small pages let a reader meet transactions between two of them. */
  readonly pageItemCount?: number;
}

/** The items of one `pk`. */
interface Collection {
  readonly bySk: Map<string, Attributes>;
  /** Sort keys in bytewise order. */
  readonly sks: string[];
}

/**
 * State items in a map, for tests and simulations. A call takes effect at once. Nothing stored or
 * handed out shares memory with a caller.
 */
export class MemoryStateStore implements StateStore {
  readonly #collections = new Map<string, Collection>();
  readonly #committed = new Map<string, { fingerprint: string; atMs: number }>();
  readonly #clock: Clock;
  readonly #pageItemCount: number;

  constructor(options: MemoryStateStoreOptions = {}) {
    this.#clock = options.clock ?? new VirtualClock();
    this.#pageItemCount = options.pageItemCount ?? 100;
  }

  async get(key: StateKey): Promise<StateItem | null> {
    assertStateKey(key);
    const attributes = this.#read(key);
    return attributes === null ? null : toItem(key.pk, key.sk, attributes);
  }

  async *query(pk: string, range?: SortRange): AsyncIterable<StateItem> {
    assertPartitionKey(pk);
    if (range !== undefined) assertSortRange(range);
    let page = this.#page(pk, { from: range?.from ?? '', isAfter: false, to: range?.to });
    while (page.length > 0) {
      yield* page;
      const from = page[page.length - 1].key.sk;
      page = this.#page(pk, { from, isAfter: true, to: range?.to });
    }
  }

  async transact(operations: readonly StateOperation[], token: string): Promise<TransactResult> {
    assertTransaction(operations, token);
    const nowMs = this.#clock.now();
    const fingerprint = fingerprintOf(operations);
    const earlier = this.#committed.get(token);
    if (earlier !== undefined && nowMs - earlier.atMs < TOKEN_LIFE_MS) {
      if (earlier.fingerprint === fingerprint) return { status: 'committed' };
      throw new RangeError(`token ${token} was committed with other operations`);
    }
    const decision = decideTransaction(operations, (key) => this.#read(key));
    if (decision.status === 'condition_failed') return decision;
    for (const change of decision.changes) this.#apply(change);
    this.#forgetTokens(nowMs);
    this.#committed.set(token, { fingerprint, atMs: nowMs });
    return { status: 'committed' };
  }

  #read({ pk, sk }: StateKey): Attributes | null {
    return this.#collections.get(pk)?.bySk.get(sk) ?? null;
  }

  #page(
    pk: string,
    bounds: { from: string; isAfter: boolean; to: string | undefined },
  ): StateItem[] {
    const collection = this.#collections.get(pk);
    if (collection === undefined) return [];
    const { bySk, sks } = collection;
    let at = lowerBound(sks, bounds.from);
    if (bounds.isAfter && sks[at] === bounds.from) at += 1;
    const items: StateItem[] = [];
    for (; at < sks.length && items.length < this.#pageItemCount; at++) {
      const sk = sks[at];
      const attributes = bySk.get(sk);
      if (bounds.to !== undefined && compareKeys(sk, bounds.to) > 0) break;
      if (attributes !== undefined) items.push(toItem(pk, sk, attributes));
    }
    return items;
  }

  #apply({ key: { pk, sk }, attributes }: ItemChange): void {
    const collection = this.#collections.get(pk) ?? { bySk: new Map(), sks: [] };
    const at = lowerBound(collection.sks, sk);
    const isPresent = collection.sks[at] === sk;
    if (attributes !== null) {
      collection.bySk.set(sk, copyMap(attributes));
      if (!isPresent) collection.sks.splice(at, 0, sk);
      this.#collections.set(pk, collection);
    } else if (isPresent) {
      collection.bySk.delete(sk);
      collection.sks.splice(at, 1);
      if (collection.sks.length === 0) this.#collections.delete(pk);
    }
  }

  #forgetTokens(nowMs: number): void {
    for (const [token, { atMs }] of this.#committed) {
      if (nowMs - atMs < TOKEN_LIFE_MS) break;
      this.#committed.delete(token);
    }
  }
}

/** Index of the first key that is not before `sk`. */
function lowerBound(sks: readonly string[], sk: string): number {
  let start = 0;
  let end = sks.length;
  while (start < end) {
    const middle = (start + end) >>> 1;
    if (compareKeys(sks[middle], sk) < 0) start = middle + 1;
    else end = middle;
  }
  return start;
}

function toItem(pk: string, sk: string, attributes: Attributes): StateItem {
  return { key: { pk, sk }, attributes: copyMap(attributes) };
}

function copyMap(map: Attributes): Attributes {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, copy(value)]));
}

function copy(value: StateValue): StateValue {
  // Zero has no sign in a store.
  if (value === 0) return 0;
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Uint8Array) return new Uint8Array(value);
  return isList(value) ? value.map(copy) : copyMap(value);
}

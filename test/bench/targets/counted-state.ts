import { itemSizeBytes } from '../../../lambdas/shared/adapters/state-items.ts';
import type {
  StateItem,
  StateKey,
  StateOperation,
  StateStore,
  TransactResult,
} from '../../../lambdas/shared/ports/state-store.ts';

const WRITE_UNIT_BYTES = 1024;

/**
 * A store that counts what DynamoDB would bill: a write unit per 1 KB of the item as it is
 * afterwards, twice in a transaction (docs: "Read and write request units").
 */
export class CountedState implements StateStore {
  writeUnits = 0;
  itemBytes = 0;
  readonly #store: StateStore;

  constructor(store: StateStore) {
    this.#store = store;
  }

  get(key: StateKey): Promise<StateItem | null> {
    return this.#store.get(key);
  }

  query(...args: Parameters<StateStore['query']>): AsyncIterable<StateItem> {
    return this.#store.query(...args);
  }

  async transact(operations: readonly StateOperation[], token: string): Promise<TransactResult> {
    const result = await this.#store.transact(operations, token);
    if (result.status !== 'committed') return result;
    for (const { kind, key } of operations) {
      const item = kind === 'put' || kind === 'update' ? await this.#store.get(key) : null;
      const sizeBytes = item === null ? 1 : itemSizeBytes(key, item.attributes);
      this.writeUnits += 2 * Math.ceil(sizeBytes / WRITE_UNIT_BYTES);
      if (kind === 'put') this.itemBytes += sizeBytes;
    }
    return result;
  }
}

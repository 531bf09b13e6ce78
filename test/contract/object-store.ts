import { describe, it } from 'vitest';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import { keyPromises, listPromises } from './store-key-promises.ts';
import { readPromises } from './store-read-promises.ts';
import { putPromises, writerPromises } from './store-write-promises.ts';

export interface OpenedStore {
  readonly store: ObjectStore;
  close(): Promise<void>;
}

/**
 * What every store promises (`ports/object-store.ts`), for each adapter. `open` gives an empty one.
 */
export function describeObjectStore(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name} keeps the promises of an object store`, () => {
    const all = {
      ...readPromises,
      ...putPromises,
      ...writerPromises,
      ...listPromises,
      ...keyPromises,
    };
    for (const [fact, check] of Object.entries(all)) {
      it(fact, async () => {
        const { store, close } = await open();
        try {
          await check(store);
        } finally {
          await close();
        }
      });
    }
  });
}

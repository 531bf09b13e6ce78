import { describe } from 'vitest';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import { keyFacts, listFacts } from './store-key-facts.ts';
import { readFacts } from './store-read-facts.ts';
import { uploadFacts } from './store-upload-facts.ts';
import { putFacts, writerFacts } from './store-write-facts.ts';
import { type Exceptions, testFacts } from './test-facts.ts';

export interface OpenedStore {
  readonly store: ObjectStore;
  close(): Promise<void>;
}

/**
 * What every store promises (`ports/object-store.ts`), for each adapter. `open` gives an empty one.
 */
export function describeObjectStore(
  name: string,
  open: () => Promise<OpenedStore>,
  exceptions: Exceptions = {},
): void {
  describe(`${name} keeps the promises of an object store`, () => {
    const all = {
      ...readFacts,
      ...putFacts,
      ...writerFacts,
      ...listFacts,
      ...keyFacts,
      ...uploadFacts,
    };
    testFacts(all, exceptions, async (check) => {
      const { store, close } = await open();
      try {
        await check(store);
      } finally {
        await close();
      }
    });
  });
}

import { describe } from 'vitest';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import { type Exceptions, testPromises } from './promises.ts';
import { keyPromises, listPromises } from './store-key-promises.ts';
import { readPromises } from './store-read-promises.ts';
import { uploadPromises } from './store-upload-promises.ts';
import { putPromises, writerPromises } from './store-write-promises.ts';

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
      ...readPromises,
      ...putPromises,
      ...writerPromises,
      ...listPromises,
      ...keyPromises,
      ...uploadPromises,
    };
    testPromises(all, exceptions, async (check) => {
      const { store, close } = await open();
      try {
        await check(store);
      } finally {
        await close();
      }
    });
  });
}

import { describe } from 'vitest';
import type { StateStore } from '../../lambdas/shared/ports/state-store.ts';
import { type Exceptions, testPromises } from './promises.ts';
import { newPk, type StatePromises } from './state-promises.ts';
import { queryPromises, valuePromises } from './state-query-promises.ts';
import { limitPromises, racePromises } from './state-race-promises.ts';
import { conditionPromises, tokenPromises } from './state-transact-promises.ts';

export interface OpenedStateStore {
  readonly store: StateStore;
  close(): Promise<void>;
}

/**
 * What every store of state promises (`ports/state-store.ts`), for each adapter. A store may hold
 * items of earlier tests: each uses a `pk` of its own.
 */
export function describeStateStore(
  name: string,
  open: () => Promise<OpenedStateStore>,
  exceptions: Exceptions = {},
): void {
  describe(`${name} keeps the promises of a state store`, () => {
    const all: StatePromises = {
      ...conditionPromises,
      ...tokenPromises,
      ...racePromises,
      ...limitPromises,
      ...queryPromises,
      ...valuePromises,
    };
    testPromises(all, exceptions, async (check) => {
      const { store, close } = await open();
      try {
        await check(store, newPk());
      } finally {
        await close();
      }
    });
  });
}

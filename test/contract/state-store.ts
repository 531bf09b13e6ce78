import { describe } from 'vitest';
import type { StateStore } from '../../lambdas/shared/ports/state-store.ts';
import { newPk, type StateFacts } from './state-facts.ts';
import { queryFacts, valueFacts } from './state-query-facts.ts';
import { limitFacts, raceFacts } from './state-race-facts.ts';
import { conditionFacts, tokenFacts } from './state-transact-facts.ts';
import { type Exceptions, testFacts } from './test-facts.ts';

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
    const all: StateFacts = {
      ...conditionFacts,
      ...tokenFacts,
      ...raceFacts,
      ...limitFacts,
      ...queryFacts,
      ...valueFacts,
    };
    testFacts(all, exceptions, async (check) => {
      const { store, close } = await open();
      try {
        await check(store, newPk());
      } finally {
        await close();
      }
    });
  });
}

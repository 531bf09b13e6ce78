import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SqliteStateStore } from '../../../lambdas/shared/adapters/local/sqlite-state-store.ts';
import type { Clock } from '../../../lambdas/shared/ports/clock.ts';
import type { StateStore } from '../../../lambdas/shared/ports/state-store.ts';
import { attributesOf, put } from '../../contract/state-facts.ts';
import { MemoryStateStore } from '../../support/memory/memory-state-store.ts';
import { SettableClock } from '../../support/settable-clock.ts';

type WithStore = (clock: Clock, check: (store: StateStore) => Promise<void>) => Promise<void>;

const inMemory: WithStore = (clock, check) => check(new MemoryStateStore({ clock }));

const onSqlite: WithStore = async (clock, check) => {
  const lakeRoot = mkdtempSync(join(tmpdir(), 'tandem-token-'));
  const store = await SqliteStateStore.open({ lakeRoot, clock });
  try {
    await check(store);
  } finally {
    store.close();
    rmSync(lakeRoot, { recursive: true, force: true });
  }
};

const TEN_MINUTES_MS = 600_000;

describe.each([
  ['MemoryStateStore', inMemory],
  ['SqliteStateStore', onSqlite],
])('a token of %s', (_, withStore) => {
  it('is known for ten minutes after the commit, and then is a new one', async () => {
    const clock = new SettableClock();
    await withStore(clock, async (store) => {
      clock.nowMs = 5_000;
      await store.transact([put('p', 'a', { x: 1 })], 'token');
      await store.transact([put('p', 'a', { x: 2 })], 'other');

      clock.nowMs = 5_000 + TEN_MINUTES_MS - 1;
      await store.transact([put('p', 'a', { x: 1 })], 'token');
      expect(await attributesOf(store, 'p', 'a')).toEqual({ x: 2 });

      clock.nowMs = 5_000 + TEN_MINUTES_MS;
      await store.transact([put('p', 'a', { x: 1 })], 'token');
      expect(await attributesOf(store, 'p', 'a')).toEqual({ x: 1 });

      clock.nowMs += TEN_MINUTES_MS - 1;
      await expect(store.transact([put('p', 'b', {})], 'token')).rejects.toThrow(RangeError);
    });
  });

  it('is the same whatever the order of names', async () => {
    await withStore(new SettableClock(), async (store) => {
      await store.transact([put('p', 'a', { x: 1, y: { a: 1, b: 2 } })], 'token');
      await store.transact([put('p', 'a', {})], 'other');

      await store.transact([put('p', 'a', { y: { b: 2, a: 1 }, x: 1 })], 'token');
      expect(await attributesOf(store, 'p', 'a')).toEqual({});
    });
  });

  it('tells operations apart that differ in little', async () => {
    await withStore(new SettableClock(), async (store) => {
      await store.transact([put('p', 'a', { x: new Uint8Array([1]) })], 'token');

      for (const operation of [
        put('p', 'a', { x: 'AQ==' }),
        put('p', 'a', { x: { b: 'AQ==' } }),
        put('p', 'a', { x: [1] }),
        { ...put('p', 'a', { x: new Uint8Array([1]) }), ifAbsent: true as const },
      ]) {
        await expect(store.transact([operation], 'token')).rejects.toThrow(RangeError);
      }
    });
  });
});

import { expect, it } from 'vitest';
import { commit, put } from '../../../contract/state-facts.ts';
import { MemoryStateStore } from '../../../support/memory/memory-state-store.ts';

it('shows what is committed between two pages of a query', async () => {
  const store = new MemoryStateStore({ pageItemCount: 2 });
  await commit(store, ...['a', 'b', 'c', 'd', 'f'].map((sk) => put('p', sk, { x: 1 })));

  const seen: unknown[] = [];
  for await (const { key, attributes } of store.query('p')) {
    seen.push([key.sk, attributes.x]);
    if (key.sk === 'b') {
      await commit(
        store,
        put('p', 'a', { x: 2 }),
        put('p', 'c', { x: 2 }),
        { kind: 'delete', key: { pk: 'p', sk: 'd' } },
        put('p', 'e', { x: 2 }),
      );
    }
  }

  expect(seen).toEqual([
    ['a', 1],
    ['b', 1],
    ['c', 2],
    ['e', 2],
    ['f', 1],
  ]);
});

it('goes on after an item that was deleted under its reader', async () => {
  const store = new MemoryStateStore({ pageItemCount: 1 });
  await commit(store, ...['a', 'b', 'c'].map((sk) => put('p', sk, {})));

  const seen: string[] = [];
  for await (const { key } of store.query('p')) {
    seen.push(key.sk);
    await commit(store, { kind: 'delete', key });
  }

  expect(seen).toEqual(['a', 'b', 'c']);
});

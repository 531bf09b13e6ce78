import { expect } from 'vitest';
import type { AttributeTest, StateOperation } from '../../lambdas/shared/ports/state-store.ts';
import {
  attributesOf,
  commit,
  newToken,
  put,
  queried,
  type StateFacts,
  sksOf,
  transact,
} from './state-facts.ts';

export const conditionFacts: StateFacts = {
  'gives back what was put, and null where nothing was': async (store, pk) => {
    await commit(store, put(pk, 'HEAD', { version: 1 }));

    expect(await store.get({ pk, sk: 'HEAD' })).toEqual({
      key: { pk, sk: 'HEAD' },
      attributes: { version: 1 },
    });
    expect(await store.get({ pk, sk: 'HEA' })).toBeNull();
    expect(await store.get({ pk: `${pk}#`, sk: 'HEAD' })).toBeNull();
  },

  'replaces the whole item by a put without a condition': async (store, pk) => {
    await commit(store, put(pk, 'a', { old: 1, both: 1 }));

    await commit(store, put(pk, 'a', { both: 2 }));

    expect(await attributesOf(store, pk, 'a')).toEqual({ both: 2 });
  },

  'puts only where no item is when asked to': async (store, pk) => {
    const first: StateOperation = {
      kind: 'put',
      key: { pk, sk: 'a' },
      attributes: { by: 1 },
      ifAbsent: true,
    };

    expect(await transact(store, [first])).toEqual({ status: 'committed' });
    expect(await transact(store, [{ ...first, attributes: { by: 2 } }])).toEqual({
      status: 'condition_failed',
      failed: [0],
    });
    expect(await attributesOf(store, pk, 'a')).toEqual({ by: 1 });
  },

  'sets and removes attributes by an update and leaves the others': async (store, pk) => {
    await commit(store, put(pk, 'a', { kept: 'k', changed: 1, removed: 2, nested: { x: 1 } }));

    await commit(store, {
      kind: 'update',
      key: { pk, sk: 'a' },
      set: { changed: 3, added: [1], nested: { y: 2 } },
      remove: ['removed', 'never there'],
      tests: [],
    });

    expect(await attributesOf(store, pk, 'a')).toEqual({
      kept: 'k',
      changed: 3,
      added: [1],
      nested: { y: 2 },
    });
  },

  'compares attributes by type and value, and takes null for present': async (store, pk) => {
    await commit(store, put(pk, 'a', { one: 1, text: '1', yes: true, nothing: null, zero: 0 }));
    const verdicts: [AttributeTest, boolean][] = [
      [{ attribute: 'one', equals: 1 }, true],
      [{ attribute: 'one', equals: '1' }, false],
      [{ attribute: 'one', equals: true }, false],
      [{ attribute: 'text', equals: '1' }, true],
      [{ attribute: 'yes', equals: true }, true],
      [{ attribute: 'yes', equals: false }, false],
      [{ attribute: 'yes', equals: 'true' }, false],
      [{ attribute: 'zero', equals: 0 }, true],
      [{ attribute: 'nothing', equals: 'null' }, false],
      [{ attribute: 'none', equals: 1 }, false],
      [{ attribute: 'none', absent: true }, true],
      [{ attribute: 'nothing', absent: true }, false],
      [{ attribute: 'zero', absent: true }, false],
    ];

    for (const [test, isHeld] of verdicts) {
      const result = await transact(store, [
        { kind: 'check', key: { pk, sk: 'a' }, tests: [test] },
      ]);
      expect({ test, isHeld: result.status === 'committed' }).toEqual({ test, isHeld });
    }
  },

  'takes a removed attribute for absent': async (store, pk) => {
    const key = { pk, sk: 'a' };
    const seal: StateOperation = {
      kind: 'update',
      key,
      set: { sealed: true },
      tests: [{ attribute: 'sealed', absent: true }],
    };
    await commit(store, put(pk, 'a', {}));

    await commit(store, seal);
    expect((await transact(store, [seal])).status).toBe('condition_failed');
    await commit(store, { kind: 'update', key, set: {}, remove: ['sealed'], tests: [] });
    await commit(store, seal);
  },

  'needs all tests of an operation to hold': async (store, pk) => {
    await commit(store, put(pk, 'a', { x: 1, y: 1 }));
    const tests: AttributeTest[] = [
      { attribute: 'x', equals: 1 },
      { attribute: 'y', equals: 2 },
    ];

    const operation: StateOperation = {
      kind: 'update',
      key: { pk, sk: 'a' },
      set: { x: 2 },
      tests,
    };
    expect((await transact(store, [operation])).status).toBe('condition_failed');
    expect(await attributesOf(store, pk, 'a')).toEqual({ x: 1, y: 1 });
  },

  'fails an update and a check of an item that does not exist': async (store, pk) => {
    const key = { pk, sk: 'a' };
    const absent: AttributeTest = { attribute: 'x', absent: true };

    for (const tests of [[], [absent]]) {
      const update: StateOperation = { kind: 'update', key, set: { x: 1 }, tests };
      const check: StateOperation = { kind: 'check', key, tests };
      expect((await transact(store, [update])).status).toBe('condition_failed');
      expect((await transact(store, [check])).status).toBe('condition_failed');
    }
    expect(await store.get(key)).toBeNull();
  },

  'changes nothing by a check, and takes an existing item for enough': async (store, pk) => {
    await commit(store, put(pk, 'a', { x: 1 }));

    await commit(store, { kind: 'check', key: { pk, sk: 'a' }, tests: [] });

    expect(await attributesOf(store, pk, 'a')).toEqual({ x: 1 });
  },

  'deletes an item, also one that is not there': async (store, pk) => {
    await commit(store, put(pk, 'a', { x: 1 }), put(pk, 'b', { x: 1 }));
    const remove = (sk: string): StateOperation => ({ kind: 'delete', key: { pk, sk } });

    await commit(store, remove('a'), remove('none'));
    await commit(store, remove('a'));

    expect(await store.get({ pk, sk: 'a' })).toBeNull();
    expect(await sksOf(store, pk)).toEqual(['b']);
  },

  'does all of a transaction': async (store, pk) => {
    const other = `${pk}-other`;
    await commit(store, put(pk, 'old', { x: 1 }), put(pk, 'HEAD', { version: 1 }));

    await commit(
      store,
      put(other, 'new', { x: 2 }),
      { kind: 'delete', key: { pk, sk: 'old' } },
      {
        kind: 'update',
        key: { pk, sk: 'HEAD' },
        set: { version: 2 },
        tests: [{ attribute: 'version', equals: 1 }],
      },
    );

    expect(await queried(store, pk)).toEqual([
      { key: { pk, sk: 'HEAD' }, attributes: { version: 2 } },
    ]);
    expect(await attributesOf(store, other, 'new')).toEqual({ x: 2 });
  },

  'does nothing of a transaction with a failed condition, and names the failed ones': async (
    store,
    pk,
  ) => {
    await commit(store, put(pk, 'a', { x: 1 }), put(pk, 'b', { x: 1 }));
    const is = (x: number): AttributeTest[] => [{ attribute: 'x', equals: x }];

    const result = await transact(store, [
      put(pk, 'c', { x: 1 }),
      { kind: 'put', key: { pk, sk: 'a' }, attributes: { x: 2 }, ifAbsent: true },
      { kind: 'update', key: { pk, sk: 'b' }, set: { x: 2 }, tests: is(1) },
      { kind: 'update', key: { pk, sk: 'none' }, set: { x: 2 }, tests: [] },
      { kind: 'delete', key: { pk, sk: 'd' } },
      { kind: 'check', key: { pk, sk: 'e' }, tests: is(1) },
    ]);

    expect(result).toEqual({ status: 'condition_failed', failed: [1, 3, 5] });
    expect(await queried(store, pk)).toEqual([
      { key: { pk, sk: 'a' }, attributes: { x: 1 } },
      { key: { pk, sk: 'b' }, attributes: { x: 1 } },
    ]);
  },
};

export const tokenFacts: StateFacts = {
  'answers a repeated transaction and changes nothing by it': async (store, pk) => {
    const token = newToken();
    const operations: StateOperation[] = [
      { kind: 'put', key: { pk, sk: 'a' }, attributes: { x: 1, y: [2] }, ifAbsent: true },
    ];
    expect(await store.transact(operations, token)).toEqual({ status: 'committed' });
    await commit(store, put(pk, 'a', { x: 3 }));

    expect(await store.transact(operations, token)).toEqual({ status: 'committed' });
    expect(await attributesOf(store, pk, 'a')).toEqual({ x: 3 });
  },

  'takes the token of a transaction that failed for a new one': async (store, pk) => {
    const token = newToken();
    const key = { pk, sk: 'a' };
    const operations: StateOperation[] = [{ kind: 'update', key, set: { x: 2 }, tests: [] }];
    expect((await store.transact(operations, token)).status).toBe('condition_failed');
    await commit(store, put(pk, 'a', { x: 1 }));

    expect(await store.transact(operations, token)).toEqual({ status: 'committed' });
    expect(await attributesOf(store, pk, 'a')).toEqual({ x: 2 });
  },

  'fails when a token was committed with other operations': async (store, pk) => {
    const token = newToken();
    await store.transact([put(pk, 'a', { x: 1 })], token);

    await expect(store.transact([put(pk, 'a', { x: 2 })], token)).rejects.toThrow(RangeError);
    expect(await attributesOf(store, pk, 'a')).toEqual({ x: 1 });
  },
};

import { expect } from 'vitest';
import {
  MAX_ITEM_BYTES,
  type StateOperation,
  type StateStore,
  type StateValue,
} from '../../lambdas/shared/ports/state-store.ts';
import {
  attributesOf,
  commit,
  newToken,
  put,
  type StateFacts,
  sksOf,
  transact,
} from './state-facts.ts';

/** One step of a log: the entry `version` + 1, and HEAD moved on condition of its version. */
function append(pk: string, version: number, by: number): StateOperation[] {
  return [
    {
      kind: 'put',
      key: { pk, sk: `LOG#${`${version + 1}`.padStart(4, '0')}` },
      attributes: { by },
      ifAbsent: true,
    },
    {
      kind: 'update',
      key: { pk, sk: 'HEAD' },
      set: { version: version + 1 },
      tests: [{ attribute: 'version', equals: version }],
    },
  ];
}

async function headVersion(store: StateStore, pk: string): Promise<number> {
  return Number((await attributesOf(store, pk, 'HEAD'))?.version);
}

export const raceFacts: StateFacts = {
  'lets exactly one of many writers take each version': async (store, pk) => {
    await commit(store, put(pk, 'HEAD', { version: 0 }));

    for (let version = 0; version < 5; version++) {
      const racers = Array.from({ length: 10 }, (_, by) =>
        transact(store, append(pk, version, by)),
      );
      const statuses = (await Promise.all(racers)).map((result) => result.status);

      expect(statuses.filter((status) => status === 'committed')).toHaveLength(1);
      expect(await headVersion(store, pk)).toBe(version + 1);
      const winner = (await attributesOf(store, pk, `LOG#000${version + 1}`))?.by;
      expect(winner).toBe(statuses.indexOf('committed'));
    }
  },

  'loses no step of writers that try again': async (store, pk) => {
    await commit(store, put(pk, 'HEAD', { version: 0 }));
    const write = async (by: number): Promise<void> => {
      for (let done = 0; done < 5; ) {
        const version = await headVersion(store, pk);
        if ((await transact(store, append(pk, version, by))).status === 'committed') done += 1;
      }
    };

    await Promise.all([write(0), write(1), write(2), write(3)]);

    expect(await headVersion(store, pk)).toBe(20);
    expect(await sksOf(store, pk, { from: 'LOG#', to: 'LOG#~' })).toHaveLength(20);
  },
};

/** `pk` and `sk` with their names, and the name of the attribute. */
const frameBytes = (pk: string): number => 2 + pk.length + 2 + 1 + 1;

async function refuses(store: StateStore, operations: readonly StateOperation[]): Promise<void> {
  await expect(store.transact(operations, newToken())).rejects.toThrow(RangeError);
}

export const limitFacts: StateFacts = {
  'fails when a key stands in a transaction twice': async (store, pk) => {
    await refuses(store, [put(pk, 'a', {}), put(pk, 'b', {}), put(pk, 'a', {})]);
    await refuses(store, [put(pk, 'a', {}), { kind: 'delete', key: { pk, sk: 'a' } }]);

    expect(await sksOf(store, pk)).toEqual([]);
  },

  'takes 100 operations, and fails when there are more or none': async (store, pk) => {
    const operations = Array.from({ length: 101 }, (_, i) => put(pk, `${i}`, { i }));

    await refuses(store, operations);
    await refuses(store, []);
    expect(await sksOf(store, pk)).toEqual([]);

    await commit(store, ...operations.slice(0, 100));
    expect(await sksOf(store, pk)).toHaveLength(100);
  },

  'takes an item of 400 KiB, and fails when it is a byte larger': async (store, pk) => {
    const length = MAX_ITEM_BYTES - frameBytes(pk);

    await commit(store, put(pk, 'a', { b: new Uint8Array(length) }));
    await refuses(store, [put(pk, 'a', { b: new Uint8Array(length + 1) })]);

    expect((await attributesOf(store, pk, 'a'))?.b).toHaveLength(length);
  },

  'fails when an update makes an item larger than that': async (store, pk) => {
    const length = MAX_ITEM_BYTES - frameBytes(pk);
    await commit(store, put(pk, 'a', { b: new Uint8Array(length) }));

    const update = { kind: 'update' as const, key: { pk, sk: 'a' }, tests: [] };
    await refuses(store, [put(pk, 'other', {}), { ...update, set: { c: 1 } }]);

    expect(Object.keys((await attributesOf(store, pk, 'a')) ?? {})).toEqual(['b']);
    expect(await sksOf(store, pk)).toEqual(['a']);
    await commit(store, { ...update, set: { c: 1 }, remove: ['b'] });
  },

  'fails when a transaction is larger than 4 MiB': async (store, pk) => {
    const data = new Uint8Array(399 * 1024);
    const items = Array.from({ length: 11 }, (_, i) => put(pk, `${i}`, { data }));

    await refuses(store, items);
    expect(await sksOf(store, pk)).toEqual([]);

    await commit(store, ...items.slice(0, 10));
    expect(await sksOf(store, pk)).toHaveLength(10);
  },

  'fails when a key is none': async (store, pk) => {
    const keys = [
      { pk: '', sk: 'a' },
      { pk, sk: '' },
      { pk: 'x'.repeat(2_049), sk: 'a' },
      { pk, sk: 'ü'.repeat(513) },
      { pk, sk: '\ud800' },
    ];

    for (const key of keys) {
      await refuses(store, [{ kind: 'put', key, attributes: {} }]);
      await expect(store.get(key)).rejects.toThrow(RangeError);
    }
    await commit(store, put(pk, 'ü'.repeat(512), {}));
    await expect(sksOf(store, '')).rejects.toThrow(RangeError);
    await expect(sksOf(store, pk, { from: '', to: 'z' })).rejects.toThrow(RangeError);
  },

  'fails when an attribute cannot be stored': async (store, pk) => {
    const values: unknown[] = [
      0.5,
      2 ** 53,
      Number.NaN,
      undefined,
      1n,
      '\udc00',
      [{ x: -0.1 }],
      { '': 1 },
    ];

    for (const value of values) await refuses(store, [put(pk, 'a', { x: value as StateValue })]);
    for (const name of ['', 'pk', 'sk']) await refuses(store, [put(pk, 'a', { [name]: 1 })]);
    const update = { kind: 'update' as const, key: { pk, sk: 'a' }, tests: [] };
    await refuses(store, [{ ...update, set: { x: 1 }, remove: ['x'] }]);
    expect(await sksOf(store, pk)).toEqual([]);
  },

  'fails when a token is none': async (store, pk) => {
    for (const token of ['', 'x'.repeat(37)]) {
      await expect(store.transact([put(pk, 'a', {})], token)).rejects.toThrow(RangeError);
    }
  },
};

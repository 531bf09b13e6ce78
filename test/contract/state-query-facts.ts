import { expect } from 'vitest';
import type { Attributes, StateItem, StateStore } from '../../lambdas/shared/ports/state-store.ts';
import {
  attributesOf,
  commit,
  newToken,
  put,
  queried,
  type StateFacts,
  sksOf,
} from './state-facts.ts';

export const queryFacts: StateFacts = {
  'gives the items of one pk in bytewise order': async (store, pk) => {
    const sks = [
      'a',
      'B',
      'a#',
      'a!',
      'ab',
      'é',
      'z',
      '😀',
      '\ufffd',
      '日本',
      '0',
      '10',
      '9',
      'a~',
    ];
    await commit(store, ...sks.map((sk) => put(pk, sk, { name: sk })), put(`${pk}0`, 'a', {}));

    expect(await sksOf(store, pk)).toEqual([
      ...['0', '10', '9', 'B', 'a', 'a!', 'a#', 'ab', 'a~', 'z', 'é', '日本', '\ufffd', '😀'],
    ]);
    for (const { key, attributes } of await queried(store, pk)) {
      expect({ key, attributes }).toEqual({
        key: { pk, sk: key.sk },
        attributes: { name: key.sk },
      });
    }
  },

  'gives a range with both its ends': async (store, pk) => {
    const sks = ['HEAD', 'LOG#1', 'LOG#2', 'LOG#3', 'LOG#30', 'LOH', 'REDRIVEN'];
    await commit(store, ...sks.map((sk) => put(pk, sk, {})));
    const between = (from: string, to: string) => sksOf(store, pk, { from, to });

    expect(await between('LOG#1', 'LOG#3')).toEqual(['LOG#1', 'LOG#2', 'LOG#3']);
    expect(await between('LOG#', 'LOG#~')).toEqual(['LOG#1', 'LOG#2', 'LOG#3', 'LOG#30']);
    expect(await between('LOG#2', 'LOG#2')).toEqual(['LOG#2']);
    expect(await between('LOG#21', 'LOG#29')).toEqual([]);
    expect(await between('A', 'HEAD')).toEqual(['HEAD']);
    expect(await between('LOI', '~')).toEqual(['REDRIVEN']);
  },

  'gives nothing for a range that ends before it begins': async (store, pk) => {
    await commit(store, put(pk, 'a', {}), put(pk, 'b', {}));

    expect(await sksOf(store, pk, { from: 'b', to: 'a' })).toEqual([]);
    expect(await sksOf(store, `${pk}-none`)).toEqual([]);
  },

  'goes on over many pages': async (store, pk) => {
    const data = new Uint8Array(150 * 1024).fill(7);
    const skOf = (i: number) => `LOG#${`${i}`.padStart(3, '0')}`;
    const expected = Array.from({ length: 30 }, (_, i) => skOf(i));
    for (let i = 0; i < 30; i += 10) {
      const sks = expected.slice(i, i + 10);
      await commit(store, ...sks.map((sk) => put(pk, sk, { data })));
    }

    const items = await queried(store, pk);
    expect(items.map((item) => item.key.sk)).toEqual(expected);
    for (const { attributes } of items)
      expect(Buffer.from(data).equals(bytesOf(attributes))).toBe(true);
    expect(await sksOf(store, pk, { from: skOf(3), to: skOf(27) })).toEqual(expected.slice(3, 28));
  },

  'goes on over hundreds of small items': async (store, pk) => {
    const sks = Array.from({ length: 1_200 }, (_, i) => `${10_000 + i}`);
    for (let i = 0; i < sks.length; i += 100) {
      await commit(store, ...sks.slice(i, i + 100).map((sk) => put(pk, sk, {})));
    }

    expect(await sksOf(store, pk)).toEqual(sks);
  },

  'sees what was answered before it, and lets its reader write and leave': async (store, pk) => {
    const sks = Array.from({ length: 300 }, (_, i) => `${1_000 + i}`);
    for (let i = 0; i < 300; i += 100) {
      await commit(store, ...sks.slice(i, i + 100).map((sk) => put(pk, sk, {})));
    }

    const seen: string[] = [];
    for await (const { key } of store.query(pk)) {
      seen.push(key.sk);
      await commit(store, { kind: 'delete', key });
      if (seen.length === 250) break;
    }

    expect(seen).toEqual(sks.slice(0, 250));
    expect(await sksOf(store, pk)).toEqual(sks.slice(250));
  },
};

function bytesOf(attributes: Attributes): Uint8Array {
  const { data } = attributes;
  return data instanceof Uint8Array ? data : new Uint8Array();
}

async function readItem(store: StateStore, pk: string): Promise<StateItem> {
  const item = await store.get({ pk, sk: 'a' });
  if (item === null) throw new Error('the item is gone');
  return item;
}

export const valueFacts: StateFacts = {
  'gives back values of every kind': async (store, pk) => {
    const attributes: Attributes = {
      text: 'ünïcödé 😀 "quoted"\n',
      empty: '',
      zero: 0,
      largest: Number.MAX_SAFE_INTEGER,
      smallest: Number.MIN_SAFE_INTEGER,
      yes: true,
      no: false,
      nothing: null,
      bytes: Uint8Array.from({ length: 256 }, (_, i) => i),
      noBytes: new Uint8Array(0),
      list: [1, 'a', null, [], {}, [true, [new Uint8Array([1, 2])]]],
      map: { a: { b: { c: [{ d: 1 }] } }, b: 'not bytes', m: { m: 1 } },
      'odd name / #:?': 1,
      ['__proto__']: { ['__proto__']: 1 },
    };

    await commit(store, put(pk, 'a', attributes));

    expect(await attributesOf(store, pk, 'a')).toStrictEqual(attributes);
    expect((await queried(store, pk))[0].attributes).toStrictEqual(attributes);
    expect(Object.keys((await attributesOf(store, pk, 'a')) ?? {})).toContain('__proto__');
  },

  'gives bytes back as plain bytes': async (store, pk) => {
    await commit(store, put(pk, 'a', { bytes: Buffer.from('hello').subarray(1, 4) }));

    const bytes = (await attributesOf(store, pk, 'a'))?.bytes;
    expect(bytes).toStrictEqual(new Uint8Array([0x65, 0x6c, 0x6c]));
  },

  'shares no memory with its callers': async (store, pk) => {
    const bytes = Buffer.from('bytes');
    const list = [1];
    const transaction = store.transact([put(pk, 'a', { bytes, list, map: { list } })], newToken());
    bytes.fill(0);
    list.push(2);
    await transaction;
    const expected = { bytes: new Uint8Array(Buffer.from('bytes')), list: [1], map: { list: [1] } };

    for (const { attributes } of [await readItem(store, pk), ...(await queried(store, pk))]) {
      expect(attributes).toStrictEqual(expected);
      (attributes.bytes as Uint8Array).fill(0);
      (attributes.list as number[]).push(3);
    }

    expect((await readItem(store, pk)).attributes).toStrictEqual(expected);
  },
};

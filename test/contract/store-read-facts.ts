import { expect } from 'vitest';
import { ObjectNotFoundError, PreconditionFailedError } from '../../lambdas/shared/model/errors.ts';
import { read, type StoreFacts, text } from './store-facts.ts';

export const readFacts: StoreFacts = {
  'gives back the bytes that were put': async (store) => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);

    await store.put('a/b.bin', bytes);

    expect([...(await store.get('a/b.bin'))]).toEqual([...bytes]);
  },

  'keeps an object of no bytes': async (store) => {
    await store.put('empty', new Uint8Array(0));

    expect(await store.get('empty')).toHaveLength(0);
    expect(await store.head('empty')).toMatchObject({ key: 'empty', sizeBytes: 0 });
    const pieces: Uint8Array[] = [];
    for await (const piece of store.stream('empty')) pieces.push(piece);
    expect(Buffer.concat(pieces)).toHaveLength(0);
  },

  'tells size and version of an object, and null where there is none': async (store) => {
    const { etag } = await store.put('a/b', text('hello'));

    expect(await store.head('a/b')).toMatchObject({ key: 'a/b', sizeBytes: 5, etag });
    expect(await store.head('a')).toBeNull();
    expect(await store.head('a/b/c')).toBeNull();
    expect(await store.head('none')).toBeNull();
  },

  'fails when an object that is read does not exist': async (store) => {
    const target = new Uint8Array(8);
    const range = { startByte: 0, endByte: 8 };
    await store.put('a/b', text('hello'));

    for (const key of ['none', 'a', 'a/b/c']) {
      await expect(store.get(key)).rejects.toThrow(ObjectNotFoundError);
      await expect(store.get(key, { ifMatch: 'x' })).rejects.toThrow(ObjectNotFoundError);
      await expect(store.getInto(key, target, { range })).rejects.toThrow(ObjectNotFoundError);
      const stream = store.stream(key)[Symbol.asyncIterator]();
      await expect(stream.next()).rejects.toThrow(ObjectNotFoundError);
    }
  },

  'cuts a range at the end of the object': async (store) => {
    await store.put('digits', text('0123456789'));
    const got = async (startByte: number, endByte: number) =>
      Buffer.from(await store.get('digits', { range: { startByte, endByte } })).toString();

    expect(await got(0, 4)).toBe('0123');
    expect(await got(8, 100)).toBe('89');
    expect(await got(10, 20)).toBe('');
    expect(await got(50, 60)).toBe('');
    expect(await got(3, 3)).toBe('');
  },

  'reads a range into the front of a target and leaves the rest of it alone': async (store) => {
    await store.put('digits', text('0123456789'));
    const target = new Uint8Array(6).fill(0x2d);

    const length = await store.getInto('digits', target, {
      range: { startByte: 7, endByte: 13 },
    });

    expect(length).toBe(3);
    expect(Buffer.from(target).toString()).toBe('789---');
  },

  'reads into memory that threads share': async (store) => {
    await store.put('shared', new Uint8Array(new SharedArrayBuffer(4)).fill(7));
    const target = new Uint8Array(new SharedArrayBuffer(4));

    await store.getInto('shared', target, { range: { startByte: 0, endByte: 4 } });

    expect([...target]).toEqual([7, 7, 7, 7]);
  },

  'fails when a range is none or does not fit the target': async (store) => {
    await store.put('digits', text('0123456789'));
    const target = new Uint8Array(4);
    const got = (startByte: number, endByte: number) =>
      store.getInto('digits', target, { range: { startByte, endByte } });

    await expect(got(0, 5)).rejects.toThrow(RangeError);
    await expect(got(3, 2)).rejects.toThrow(RangeError);
    await expect(got(-1, 2)).rejects.toThrow(RangeError);
    await expect(got(0.5, 2)).rejects.toThrow(RangeError);
    await expect(got(0, Number.NaN)).rejects.toThrow(RangeError);
  },

  'fails when an object that is read is no longer the version that was asked for': async (
    store,
  ) => {
    const range = { startByte: 0, endByte: 1 };
    const first = await store.put('a', text('1'));
    const second = await store.put('a', text('2'));
    const target = new Uint8Array(1);

    const old = { ifMatch: first.etag };
    await expect(store.get('a', old)).rejects.toThrow(PreconditionFailedError);
    await expect(store.getInto('a', target, { ...old, range })).rejects.toThrow(
      PreconditionFailedError,
    );
    const stream = store.stream('a', old)[Symbol.asyncIterator]();
    await expect(stream.next()).rejects.toThrow(PreconditionFailedError);
    expect(await read(store, 'a')).toBe('2');
    expect([...(await store.get('a', { ifMatch: second.etag }))]).toEqual([0x32]);
  },

  'streams a large object in order': async (store) => {
    const bytes = Uint8Array.from({ length: 3 * 1024 * 1024 + 17 }, (_, i) => (i * 31) >> 5);
    await store.put('large', bytes);

    const pieces: Uint8Array[] = [];
    for await (const piece of store.stream('large')) pieces.push(piece);

    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
  },

  'lets a reader leave a stream early': async (store) => {
    await store.put('large', new Uint8Array(4 * 1024 * 1024));

    for await (const piece of store.stream('large')) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }

    await store.put('large', text('new'));
    expect(await read(store, 'large')).toBe('new');
  },
};

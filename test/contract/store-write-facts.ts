import { expect } from 'vitest';
import { ObjectNotFoundError, PreconditionFailedError } from '../../lambdas/shared/model/errors.ts';
import type { ObjectWriter } from '../../lambdas/shared/ports/object-store.ts';
import { keysOf, listed, read, type StoreFacts, text } from './store-facts.ts';

const MIB = 1024 * 1024;

export const putFacts: StoreFacts = {
  'replaces an object and changes its etag, also where the size stays': async (store) => {
    const etags = new Set<string>();
    for (let i = 10; i < 60; i++) etags.add((await store.put('a', text(`${i}`))).etag);

    expect(etags.size).toBe(50);
    expect(await read(store, 'a')).toBe('59');
  },

  'names in list and head the etag that put returned': async (store) => {
    const { etag } = await store.put('a', text('1'));

    expect((await store.head('a'))?.etag).toBe(etag);
    expect((await listed(store)).map((info) => info.etag)).toEqual([etag]);
  },

  'takes the bytes when it is called': async (store) => {
    const body = text('before');
    const put = store.put('a', body);
    body.fill(0x78);
    await put;

    expect(await read(store, 'a')).toBe('before');
  },

  'fails when an object exists that must not': async (store) => {
    const { etag } = await store.put('a', text('1'), { ifNoneMatch: true });

    await expect(store.put('a', text('2'), { ifNoneMatch: true })).rejects.toThrow(
      PreconditionFailedError,
    );
    expect(await read(store, 'a')).toBe('1');
    expect((await store.head('a'))?.etag).toBe(etag);
  },

  'fails when an object is not the version that is to be replaced': async (store) => {
    const first = await store.put('a', text('1'));
    const second = await store.put('a', text('2'), { ifMatch: first.etag });

    await expect(store.put('a', text('3'), { ifMatch: first.etag })).rejects.toThrow(
      PreconditionFailedError,
    );
    await expect(store.put('none', text('3'), { ifMatch: second.etag })).rejects.toThrow(
      PreconditionFailedError,
    );
    expect(await read(store, 'a')).toBe('2');
    expect(await keysOf(store)).toEqual(['a']);
  },

  'lets exactly one of many callers create an object': async (store) => {
    const puts = Array.from({ length: 40 }, (_, i) =>
      store.put('race', text(`${i}`), { ifNoneMatch: true }),
    );

    const results = await Promise.allSettled(puts);

    const winners = results.flatMap((result, i) => (result.status === 'fulfilled' ? [i] : []));
    expect(winners).toHaveLength(1);
    expect(await read(store, 'race')).toBe(`${winners[0]}`);
    for (const result of results) {
      if (result.status === 'rejected') {
        expect(result.reason).toBeInstanceOf(PreconditionFailedError);
      }
    }
  },

  'lets exactly one of many callers replace a version': async (store) => {
    let { etag } = await store.put('race', text('start'));
    for (let round = 0; round < 5; round++) {
      const puts = Array.from({ length: 20 }, (_, i) =>
        store.put('race', text(`${round}.${i}`), { ifMatch: etag }),
      );

      const results = await Promise.allSettled(puts);

      const winners = results.flatMap((result) =>
        result.status === 'fulfilled' ? [result.value.etag] : [],
      );
      expect(winners).toHaveLength(1);
      etag = winners[0];
    }
  },

  'removes objects and passes over those that do not exist': async (store) => {
    await store.put('a/b/c', text('1'));
    await store.put('a/d', text('2'));

    await store.delete(['a/b/c', 'none', 'a', 'a/d/e', 'a/b/c']);

    expect(await keysOf(store)).toEqual(['a/d']);
    await expect(store.get('a/b/c')).rejects.toThrow(ObjectNotFoundError);
    await store.put('a/b', text('a folder stood here'));
    expect(await keysOf(store)).toEqual(['a/b', 'a/d']);
  },
};

export const writerFacts: StoreFacts = {
  'shows a written object only after commit, and then the whole': async (store) => {
    const writer = store.openWriter('w/a');
    const piece = text('one ');
    await writer.write(piece);
    piece.fill(0x78);
    await writer.write(text('two'));

    expect(await store.head('w/a')).toBeNull();
    expect(await keysOf(store)).toEqual([]);

    const { etag } = await writer.commit();
    await writer.abort();

    expect(await read(store, 'w/a')).toBe('one two');
    expect((await store.head('w/a'))?.etag).toBe(etag);
  },

  'writes an object without any piece': async (store) => {
    await store.openWriter('w/empty').commit();

    expect(await store.get('w/empty')).toHaveLength(0);
  },

  'leaves nothing after abort': async (store) => {
    const writer = store.openWriter('w/a');
    await writer.write(text('one'));

    await writer.abort();
    await writer.abort();

    expect(await keysOf(store)).toEqual([]);
    await expect(writer.write(text('two'))).rejects.toThrow('after commit or abort');
    await expect(writer.commit()).rejects.toThrow('after commit or abort');
  },

  'keeps several open at once, for one key too': async (store) => {
    const writers = Array.from({ length: 20 }, (_, i) => store.openWriter(`w/${i % 10}`));
    for (const [i, writer] of writers.entries()) await writer.write(text(`${i}`));
    for (const writer of writers) await writer.commit();

    expect(await keysOf(store)).toHaveLength(10);
    expect(await read(store, 'w/3')).toBe('13');
  },

  'fails when the condition of a commit does not hold, and leaves nothing': async (store) => {
    const { etag } = await store.put('w/a', text('old'));
    const late = store.openWriter('w/a');
    const stale = store.openWriter('w/a');
    const right = store.openWriter('w/a');
    for (const writer of [late, stale, right]) await writer.write(text('new'));

    await right.commit({ ifMatch: etag });

    await expect(stale.commit({ ifMatch: etag })).rejects.toThrow(PreconditionFailedError);
    await expect(late.commit({ ifNoneMatch: true })).rejects.toThrow(PreconditionFailedError);
    expect(await keysOf(store)).toEqual(['w/a']);
    expect(await read(store, 'w/a')).toBe('new');
  },

  'writes a large object piece by piece': async (store) => {
    const bytes = Uint8Array.from({ length: 20 * MIB + 17 }, (_, i) => (i * 31) >> 9);
    const writer = store.openWriter('w/large');
    for (let at = 0; at < bytes.length; at += 3 * MIB) {
      await writer.write(bytes.subarray(at, at + 3 * MIB));
    }
    expect(await keysOf(store)).toEqual([]);

    const { etag } = await writer.commit({ ifNoneMatch: true });

    expect(await store.head('w/large')).toMatchObject({ sizeBytes: bytes.length, etag });
    expect(Buffer.compare(await store.get('w/large', { ifMatch: etag }), bytes)).toBe(0);
  },

  'fails when the condition of a large commit does not hold, and leaves nothing': async (store) => {
    const writeLarge = async (): Promise<ObjectWriter> => {
      const writer = store.openWriter('w/large');
      for (let i = 0; i < 10; i++) await writer.write(new Uint8Array(MIB).fill(i));
      return writer;
    };
    const { etag } = await store.put('w/large', text('old'));
    const [late, stale, right, left] = await Promise.all(Array.from({ length: 4 }, writeLarge));
    await left.abort();

    await right.commit({ ifMatch: etag });

    await expect(stale.commit({ ifMatch: etag })).rejects.toThrow(PreconditionFailedError);
    await expect(late.commit({ ifNoneMatch: true })).rejects.toThrow(PreconditionFailedError);
    expect((await store.head('w/large'))?.sizeBytes).toBe(10 * MIB);
  },
};

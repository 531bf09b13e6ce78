import { expect } from 'vitest';
import { keysOf, read, type StoreFacts, text } from './store-facts.ts';

export const listFacts: StoreFacts = {
  'lists in bytewise order of whole keys, however files and folders interleave': async (store) => {
    const keys = ['a', 'a-b', 'a.c', 'a0', 'b/c-d', 'b/c/d', 'b/c0', 'Ä', 'ß/x', '\uffee', '😀'];
    for (const key of keys.toReversed()) await store.put(key, text(key));

    expect(await keysOf(store)).toEqual(keys);
  },

  'puts a folder where its slash belongs: after `-`, before `0`': async (store) => {
    for (const key of ['x0', 'x/y', 'x-y', 'x!y']) await store.put(key, text(key));

    expect(await keysOf(store)).toEqual(['x!y', 'x-y', 'x/y', 'x0']);
  },

  'lists what starts with a prefix, cut anywhere': async (store) => {
    for (const key of ['ab', 'a/b', 'a/c/d', 'a/cc', 'b/a']) await store.put(key, text('1'));

    expect(await keysOf(store, 'a')).toEqual(['a/b', 'a/c/d', 'a/cc', 'ab']);
    expect(await keysOf(store, 'a/')).toEqual(['a/b', 'a/c/d', 'a/cc']);
    expect(await keysOf(store, 'a/c')).toEqual(['a/c/d', 'a/cc']);
    expect(await keysOf(store, 'a/c/')).toEqual(['a/c/d']);
    expect(await keysOf(store, 'a/c/d')).toEqual(['a/c/d']);
    expect(await keysOf(store, 'a/b/')).toEqual([]);
    expect(await keysOf(store, 'none/at/all')).toEqual([]);
    expect(await keysOf(store, '.')).toEqual([]);
  },

  'lists thousands of objects, each once': async (store) => {
    for (let i = 0; i < 2_500; i++) await store.put(`n/${i}`, text(''));

    const keys = await keysOf(store, 'n/');

    expect(new Set(keys).size).toBe(2_500);
    expect(keys.slice(0, 4)).toEqual(['n/0', 'n/1', 'n/10', 'n/100']);
    expect(keys.at(-1)).toBe('n/999');
  },
};

export const keyFacts: StoreFacts = {
  'keeps keys with odd characters': async (store) => {
    const odd = [
      'a b/ c ',
      'day=2026-01-01/x%2Fy.csv',
      'tab\tline\nend',
      'ümläut/日本語/😀.csv',
      '-rf *?"\'<>|;$(x)`&#',
      '.hidden/..three/_x',
      '~',
    ];
    for (const key of odd) await store.put(key, text(key));

    for (const key of odd) expect(await read(store, key)).toBe(key);
    expect((await keysOf(store)).toSorted()).toEqual(odd.toSorted());
    await store.delete(odd);
    expect(await keysOf(store)).toEqual([]);
  },

  'keeps keys that are no paths, each as it is': async (store) => {
    const odd = ['a//b', 'a/b', 'a/./b', 'a/../b', './a', '../a', '/a', '//a', 'a/', 'n\0ul', '.'];
    for (const key of odd) await store.put(key, text(key));

    for (const key of odd) expect(await read(store, key)).toBe(key);
    expect((await keysOf(store)).toSorted()).toEqual(odd.toSorted());
    expect(await keysOf(store, 'a//')).toEqual(['a//b']);
    expect(await keysOf(store, '/')).toEqual(['//a', '/a']);
    await store.delete(['a//b', '../a', 'a/']);
    expect((await keysOf(store)).toSorted()).toEqual(
      odd.filter((key) => !['a//b', '../a', 'a/'].includes(key)).toSorted(),
    );
  },

  'keeps a key of 1,024 bytes': async (store) => {
    const key = `orders/${'ü/'.repeat(338)}abc`;
    expect(Buffer.byteLength(key)).toBe(1_024);

    await store.put(key, text('1'));

    expect(await keysOf(store, 'orders/')).toEqual([key]);
    expect(await read(store, key)).toBe('1');
  },

  'fails when a key is none': async (store) => {
    const target = new Uint8Array(1);
    const range = { startByte: 0, endByte: 1 };

    for (const key of ['', 'a\ud800']) {
      await expect(store.head(key)).rejects.toThrow(RangeError);
      await expect(store.get(key)).rejects.toThrow(RangeError);
      await expect(store.getInto(key, target, { range })).rejects.toThrow(RangeError);
      await expect(store.put(key, text('1'))).rejects.toThrow(RangeError);
      await expect(store.delete(['fine', key])).rejects.toThrow(RangeError);
      expect(() => store.openWriter(key)).toThrow(RangeError);
    }
  },

  'fails when a prefix is none': async (store) => {
    await expect(keysOf(store, 'a/\ud800')).rejects.toThrow(RangeError);
  },

  'removes nothing when one of the keys is none': async (store) => {
    await store.put('a', text('1'));

    await expect(store.delete(['a', ''])).rejects.toThrow(RangeError);

    expect(await keysOf(store)).toEqual(['a']);
  },
};

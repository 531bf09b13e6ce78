import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ObjectInfo, ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import {
  ObjectNotFoundError,
  PreconditionFailedError,
} from '../../lambdas/shared/runtime/errors.ts';

export interface OpenedStore {
  readonly store: ObjectStore;
  close(): Promise<void>;
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const read = async (store: ObjectStore, key: string): Promise<string> =>
  new TextDecoder().decode(await store.get(key));

async function listed(store: ObjectStore, prefix = ''): Promise<ObjectInfo[]> {
  const infos: ObjectInfo[] = [];
  for await (const info of store.list(prefix)) infos.push(info);
  return infos;
}

async function keysOf(store: ObjectStore, prefix = ''): Promise<string[]> {
  return (await listed(store, prefix)).map((info) => info.key);
}

/** What every store promises (`ports/object-store.ts`); run for each adapter. `open` gives an empty one. */
export function describeObjectStore(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name} keeps the promises of an object store`, () => {
    let opened: OpenedStore;
    let store: ObjectStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.close());
    const current = () => store;

    describeReads(current);
    describePuts(current);
    describeWriters(current);
    describeLists(current);
    describeKeys(current);
  });
}

function describeReads(current: () => ObjectStore): void {
  it('gives back the bytes that were put', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);

    await current().put('a/b.bin', bytes);

    expect([...(await current().get('a/b.bin'))]).toEqual([...bytes]);
  });

  it('keeps an object of no bytes', async () => {
    await current().put('empty', new Uint8Array(0));

    expect(await current().get('empty')).toHaveLength(0);
    expect(await current().head('empty')).toMatchObject({ key: 'empty', sizeBytes: 0 });
    const pieces: Uint8Array[] = [];
    for await (const piece of current().stream('empty')) pieces.push(piece);
    expect(Buffer.concat(pieces)).toHaveLength(0);
  });

  it('tells size and version of an object, and null where there is none', async () => {
    const { etag } = await current().put('a/b', text('hello'));

    expect(await current().head('a/b')).toMatchObject({ key: 'a/b', sizeBytes: 5, etag });
    expect(await current().head('a')).toBeNull();
    expect(await current().head('a/b/c')).toBeNull();
    expect(await current().head('none')).toBeNull();
  });

  it('fails when an object that is read does not exist', async () => {
    const target = new Uint8Array(8);
    const range = { startByte: 0, endByte: 8 };
    await current().put('a/b', text('hello'));

    for (const key of ['none', 'a', 'a/b/c']) {
      await expect(current().get(key)).rejects.toThrow(ObjectNotFoundError);
      await expect(current().get(key, { ifMatch: 'x' })).rejects.toThrow(ObjectNotFoundError);
      await expect(current().getInto(key, target, { range })).rejects.toThrow(ObjectNotFoundError);
      const stream = current().stream(key)[Symbol.asyncIterator]();
      await expect(stream.next()).rejects.toThrow(ObjectNotFoundError);
    }
  });

  it('cuts a range at the end of the object', async () => {
    await current().put('digits', text('0123456789'));
    const got = async (startByte: number, endByte: number) =>
      Buffer.from(await current().get('digits', { range: { startByte, endByte } })).toString();

    expect(await got(0, 4)).toBe('0123');
    expect(await got(8, 100)).toBe('89');
    expect(await got(10, 20)).toBe('');
    expect(await got(50, 60)).toBe('');
    expect(await got(3, 3)).toBe('');
  });

  it('reads a range into the front of a target and leaves the rest of it alone', async () => {
    await current().put('digits', text('0123456789'));
    const target = new Uint8Array(6).fill(0x2d);

    const length = await current().getInto('digits', target, {
      range: { startByte: 7, endByte: 13 },
    });

    expect(length).toBe(3);
    expect(Buffer.from(target).toString()).toBe('789---');
  });

  it('reads into memory that threads share', async () => {
    await current().put('shared', new Uint8Array(new SharedArrayBuffer(4)).fill(7));
    const target = new Uint8Array(new SharedArrayBuffer(4));

    await current().getInto('shared', target, { range: { startByte: 0, endByte: 4 } });

    expect([...target]).toEqual([7, 7, 7, 7]);
  });

  it('fails when a range is none or does not fit the target', async () => {
    await current().put('digits', text('0123456789'));
    const target = new Uint8Array(4);
    const got = (startByte: number, endByte: number) =>
      current().getInto('digits', target, { range: { startByte, endByte } });

    await expect(got(0, 5)).rejects.toThrow(RangeError);
    await expect(got(3, 2)).rejects.toThrow(RangeError);
    await expect(got(-1, 2)).rejects.toThrow(RangeError);
    await expect(got(0.5, 2)).rejects.toThrow(RangeError);
    await expect(got(0, Number.NaN)).rejects.toThrow(RangeError);
  });

  it('fails when an object that is read is no longer the version that was asked for', async () => {
    const range = { startByte: 0, endByte: 1 };
    const first = await current().put('a', text('1'));
    const second = await current().put('a', text('2'));
    const target = new Uint8Array(1);

    const old = { ifMatch: first.etag };
    await expect(current().get('a', old)).rejects.toThrow(PreconditionFailedError);
    await expect(current().getInto('a', target, { ...old, range })).rejects.toThrow(
      PreconditionFailedError,
    );
    const stream = current().stream('a', old)[Symbol.asyncIterator]();
    await expect(stream.next()).rejects.toThrow(PreconditionFailedError);
    expect(await read(current(), 'a')).toBe('2');
    expect([...(await current().get('a', { ifMatch: second.etag }))]).toEqual([0x32]);
  });

  it('streams a large object in order', async () => {
    const bytes = Uint8Array.from({ length: 3 * 1024 * 1024 + 17 }, (_, i) => (i * 31) >> 5);
    await current().put('large', bytes);

    const pieces: Uint8Array[] = [];
    for await (const piece of current().stream('large')) pieces.push(piece);

    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
  });

  it('lets a reader leave a stream early', async () => {
    await current().put('large', new Uint8Array(4 * 1024 * 1024));

    for await (const piece of current().stream('large')) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }

    await current().put('large', text('new'));
    expect(await read(current(), 'large')).toBe('new');
  });
}

function describePuts(current: () => ObjectStore): void {
  it('replaces an object and changes its etag, also where the size stays', async () => {
    const etags = new Set<string>();
    for (let i = 0; i < 50; i++) etags.add((await current().put('a', text(`${i % 10}`))).etag);

    expect(etags.size).toBe(50);
    expect(await read(current(), 'a')).toBe('9');
  });

  it('names in list and head the etag that put returned', async () => {
    const { etag } = await current().put('a', text('1'));

    expect((await current().head('a'))?.etag).toBe(etag);
    expect((await listed(current())).map((info) => info.etag)).toEqual([etag]);
  });

  it('takes the bytes when it is called', async () => {
    const body = text('before');
    const put = current().put('a', body);
    body.fill(0x78);
    await put;

    expect(await read(current(), 'a')).toBe('before');
  });

  it('fails when an object exists that must not', async () => {
    const { etag } = await current().put('a', text('1'), { ifNoneMatch: true });

    await expect(current().put('a', text('2'), { ifNoneMatch: true })).rejects.toThrow(
      PreconditionFailedError,
    );
    expect(await read(current(), 'a')).toBe('1');
    expect((await current().head('a'))?.etag).toBe(etag);
  });

  it('fails when an object is not the version that is to be replaced', async () => {
    const first = await current().put('a', text('1'));
    const second = await current().put('a', text('2'), { ifMatch: first.etag });

    await expect(current().put('a', text('3'), { ifMatch: first.etag })).rejects.toThrow(
      PreconditionFailedError,
    );
    await expect(current().put('none', text('3'), { ifMatch: second.etag })).rejects.toThrow(
      PreconditionFailedError,
    );
    expect(await read(current(), 'a')).toBe('2');
    expect(await keysOf(current())).toEqual(['a']);
  });

  it('lets exactly one of many callers create an object', async () => {
    const puts = Array.from({ length: 40 }, (_, i) =>
      current().put('race', text(`${i}`), { ifNoneMatch: true }),
    );

    const results = await Promise.allSettled(puts);

    const winners = results.flatMap((result, i) => (result.status === 'fulfilled' ? [i] : []));
    expect(winners).toHaveLength(1);
    expect(await read(current(), 'race')).toBe(`${winners[0]}`);
    for (const result of results) {
      if (result.status === 'rejected') {
        expect(result.reason).toBeInstanceOf(PreconditionFailedError);
      }
    }
  });

  it('lets exactly one of many callers replace a version', async () => {
    let { etag } = await current().put('race', text('start'));
    for (let round = 0; round < 5; round++) {
      const puts = Array.from({ length: 20 }, (_, i) =>
        current().put('race', text(`${round}.${i}`), { ifMatch: etag }),
      );

      const results = await Promise.allSettled(puts);

      const winners = results.flatMap((result) =>
        result.status === 'fulfilled' ? [result.value.etag] : [],
      );
      expect(winners).toHaveLength(1);
      etag = winners[0];
    }
  });

  it('removes objects and passes over those that do not exist', async () => {
    await current().put('a/b/c', text('1'));
    await current().put('a/d', text('2'));

    await current().delete(['a/b/c', 'none', 'a', 'a/d/e', 'a/b/c']);

    expect(await keysOf(current())).toEqual(['a/d']);
    await expect(current().get('a/b/c')).rejects.toThrow(ObjectNotFoundError);
    await current().put('a/b', text('a folder stood here'));
    expect(await keysOf(current())).toEqual(['a/b', 'a/d']);
  });
}

function describeWriters(current: () => ObjectStore): void {
  it('shows a written object only after commit, and then the whole', async () => {
    const writer = current().openWriter('w/a');
    const piece = text('one ');
    await writer.write(piece);
    piece.fill(0x78);
    await writer.write(text('two'));

    expect(await current().head('w/a')).toBeNull();
    expect(await keysOf(current())).toEqual([]);

    const { etag } = await writer.commit();
    await writer.abort();

    expect(await read(current(), 'w/a')).toBe('one two');
    expect((await current().head('w/a'))?.etag).toBe(etag);
  });

  it('writes an object without any piece', async () => {
    await current().openWriter('w/empty').commit();

    expect(await current().get('w/empty')).toHaveLength(0);
  });

  it('leaves nothing after abort', async () => {
    const writer = current().openWriter('w/a');
    await writer.write(text('one'));

    await writer.abort();
    await writer.abort();

    expect(await keysOf(current())).toEqual([]);
    await expect(writer.write(text('two'))).rejects.toThrow('after commit or abort');
    await expect(writer.commit()).rejects.toThrow('after commit or abort');
  });

  it('keeps several open at once, for one key too', async () => {
    const writers = Array.from({ length: 20 }, (_, i) => current().openWriter(`w/${i % 10}`));
    for (const [i, writer] of writers.entries()) await writer.write(text(`${i}`));
    for (const writer of writers) await writer.commit();

    expect(await keysOf(current())).toHaveLength(10);
    expect(await read(current(), 'w/3')).toBe('13');
  });

  it('fails when the condition of a commit does not hold, and leaves nothing', async () => {
    const { etag } = await current().put('w/a', text('old'));
    const late = current().openWriter('w/a');
    const stale = current().openWriter('w/a');
    const right = current().openWriter('w/a');
    for (const writer of [late, stale, right]) await writer.write(text('new'));

    await right.commit({ ifMatch: etag });

    await expect(stale.commit({ ifMatch: etag })).rejects.toThrow(PreconditionFailedError);
    await expect(late.commit({ ifNoneMatch: true })).rejects.toThrow(PreconditionFailedError);
    expect(await keysOf(current())).toEqual(['w/a']);
    expect(await read(current(), 'w/a')).toBe('new');
  });
}

function describeLists(current: () => ObjectStore): void {
  it('lists in bytewise order of whole keys, however files and folders interleave', async () => {
    const keys = ['a', 'a-b', 'a.c', 'a0', 'b/c-d', 'b/c/d', 'b/c0', 'Ä', 'ß/x', '\uffee', '😀'];
    for (const key of keys.toReversed()) await current().put(key, text(key));

    expect(await keysOf(current())).toEqual(keys);
  });

  it('puts a folder where its slash belongs: after `-`, before `0`', async () => {
    for (const key of ['x0', 'x/y', 'x-y', 'x!y']) await current().put(key, text(key));

    expect(await keysOf(current())).toEqual(['x!y', 'x-y', 'x/y', 'x0']);
  });

  it('lists what starts with a prefix, cut anywhere', async () => {
    for (const key of ['ab', 'a/b', 'a/c/d', 'a/cc', 'b/a']) await current().put(key, text('1'));

    expect(await keysOf(current(), 'a')).toEqual(['a/b', 'a/c/d', 'a/cc', 'ab']);
    expect(await keysOf(current(), 'a/')).toEqual(['a/b', 'a/c/d', 'a/cc']);
    expect(await keysOf(current(), 'a/c')).toEqual(['a/c/d', 'a/cc']);
    expect(await keysOf(current(), 'a/c/')).toEqual(['a/c/d']);
    expect(await keysOf(current(), 'a/c/d')).toEqual(['a/c/d']);
    expect(await keysOf(current(), 'a/b/')).toEqual([]);
    expect(await keysOf(current(), 'none/at/all')).toEqual([]);
    expect(await keysOf(current(), '.')).toEqual([]);
  });

  it('lists thousands of objects, each once', async () => {
    for (let i = 0; i < 2_500; i++) await current().put(`n/${i}`, text(''));

    const keys = await keysOf(current(), 'n/');

    expect(new Set(keys).size).toBe(2_500);
    expect(keys.slice(0, 4)).toEqual(['n/0', 'n/1', 'n/10', 'n/100']);
    expect(keys.at(-1)).toBe('n/999');
  });
}

function describeKeys(current: () => ObjectStore): void {
  it('keeps keys with odd characters', async () => {
    const odd = [
      'a b/ c ',
      'day=2026-01-01/x%2Fy.csv',
      'tab\tline\nend',
      'ümläut/日本語/😀.csv',
      '-rf *?"\'<>|;$(x)`&#',
      '.hidden/..three/_x',
      '~',
    ];
    for (const key of odd) await current().put(key, text(key));

    for (const key of odd) expect(await read(current(), key)).toBe(key);
    expect((await keysOf(current())).toSorted()).toEqual(odd.toSorted());
    await current().delete(odd);
    expect(await keysOf(current())).toEqual([]);
  });

  it('fails when a key is none', async () => {
    const bad = [
      '',
      '/',
      '/a',
      'a/',
      'a//b',
      '.',
      '..',
      '../a',
      'a/../b',
      'a/./b',
      'a\0b',
      '\ud800',
    ];
    const target = new Uint8Array(1);
    const range = { startByte: 0, endByte: 1 };

    for (const key of bad) {
      await expect(current().head(key)).rejects.toThrow(RangeError);
      await expect(current().get(key)).rejects.toThrow(RangeError);
      await expect(current().getInto(key, target, { range })).rejects.toThrow(RangeError);
      await expect(current().put(key, text('1'))).rejects.toThrow(RangeError);
      await expect(current().delete(['fine', key])).rejects.toThrow(RangeError);
      expect(() => current().openWriter(key)).toThrow(RangeError);
    }
  });

  it('fails when a prefix is none', async () => {
    for (const prefix of ['/', '/a', '../', 'a/../', 'a//', './', '..', 'a/..', 'a\0']) {
      await expect(keysOf(current(), prefix)).rejects.toThrow(RangeError);
    }
  });

  it('removes nothing when one of the keys is none', async () => {
    await current().put('a', text('1'));

    await expect(current().delete(['a', '../b'])).rejects.toThrow(RangeError);

    expect(await keysOf(current())).toEqual(['a']);
  });
}

import { describe, expect, it } from 'vitest';
import { FilesAhead } from '../../../../lambdas/batch/map-chunk/files-ahead.ts';
import type { ObjectStore } from '../../../../lambdas/shared/ports/object-store.ts';
import { storeOf } from '../../../support/batch-runs.ts';

const NAMES = Array.from({ length: 40 }, (_, index) => `orders/${index + 10}.csv`);
const LARGE = 'orders/99-large.csv';

async function world() {
  const store: ObjectStore = await storeOf([
    ...NAMES.map((name) => [name, `content of ${name}`] as const),
    [LARGE, 'x'.repeat(300_000)],
  ]);
  const asked: string[] = [];
  const counted = {
    get: (...args: Parameters<ObjectStore['get']>) => {
      asked.push(`get ${args[0]}`);
      return store.get(...args);
    },
    getInto: (...args: Parameters<ObjectStore['getInto']>) => {
      asked.push(`range ${args[0]}`);
      return store.getInto(...args);
    },
    stream: (...args: Parameters<ObjectStore['stream']>) => store.stream(...args),
  };
  const files = await Promise.all(
    [...NAMES, LARGE].map(async (key) => {
      const { etag = '', sizeBytes = 0 } = (await store.head(key)) ?? {};
      return { key, etag, sizeBytes, kind: 'csv' as const };
    }),
  );
  const ahead = new FilesAhead(counted);
  ahead.expect(files);
  return { store, ahead, asked, files };
}

const textOf = async (pieces: AsyncIterable<Uint8Array>) => {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all).toString();
};

describe('files of a task', () => {
  it('are each asked for once, sixteen at a time, however they are read', async () => {
    const { ahead, asked, files } = await world();
    ahead.start(0);
    expect(asked).toHaveLength(16);

    for (const [index, { key }] of files.slice(0, -1).entries()) {
      ahead.start(index);
      const target = new Uint8Array(100);
      const range = { startByte: 8, endByte: 100 };
      const count = await ahead.getInto(key, target, { range });
      expect(Buffer.from(target.subarray(0, count)).toString()).toBe(`of ${key}`);
      expect(await textOf(ahead.stream(key))).toBe(`content of ${key}`);
      expect(Buffer.from(await ahead.get(key)).toString()).toBe(`content of ${key}`);
    }
    expect(asked).toEqual(NAMES.map((name) => `get ${name}`));
  });

  it('that are large are read as they are asked for', async () => {
    const { ahead, asked, files } = await world();
    ahead.start(files.length - 1);
    expect(asked).toEqual([]);

    const range = { startByte: 0, endByte: 3 };
    expect(await ahead.getInto(LARGE, new Uint8Array(3), { range })).toBe(3);
    expect(asked).toEqual([`range ${LARGE}`]);
  });

  it('that changed fail where they are read, and nowhere else', async () => {
    const { store, ahead, files } = await world();
    await store.put(files[1].key, Buffer.from('another'));
    ahead.start(0);

    expect(Buffer.from(await ahead.get(files[0].key)).toString()).toContain('content');
    await expect(ahead.get(files[1].key)).rejects.toMatchObject({
      name: 'PreconditionFailedError',
    });
  });
});

import { describe, expect, it } from 'vitest';
import { readCurrentPointer } from '../../../lambdas/shared/state/current-pointer.ts';
import { hookedStore } from '../../support/hooked-store.ts';
import { MemoryObjectStore } from '../../support/memory/memory-object-store.ts';

const KEY = 'manifests/stream/CURRENT.json';
const FIRST = 'manifests/stream/00000001.json';
const SECOND = 'manifests/stream/00000002.json';

const pointerTo = (manifest: string) => Buffer.from(JSON.stringify({ manifest }));

/** A lake that names the first manifest; `change` comes before the first read of it. */
async function lakeThat(change: (lake: MemoryObjectStore) => Promise<unknown>) {
  const lake = new MemoryObjectStore();
  await lake.put(KEY, pointerTo(FIRST));
  let isChanged = false;
  return hookedStore(lake, async (operation) => {
    if (operation !== 'get' || isChanged) return;
    isChanged = true;
    await change(lake);
  });
}

describe('what CURRENT.json names', () => {
  it('is read with the etag to swap it by', async () => {
    const lake = new MemoryObjectStore();
    expect(await readCurrentPointer(lake, KEY)).toBeNull();

    const { etag } = await lake.put(KEY, pointerTo(FIRST));

    expect(await readCurrentPointer(lake, KEY)).toEqual({ manifestKey: FIRST, etag });
  });

  it('is the new manifest, with its own etag, where it is replaced meanwhile', async () => {
    const lake = await lakeThat((inner) => inner.put(KEY, pointerTo(SECOND)));

    const current = await readCurrentPointer(lake, KEY);

    expect(current).toEqual({ manifestKey: SECOND, etag: (await lake.head(KEY))?.etag });
  });

  it('is nothing where it is removed meanwhile', async () => {
    const lake = await lakeThat((inner) => inner.delete([KEY]));

    expect(await readCurrentPointer(lake, KEY)).toBeNull();
  });

  it('fails when the store does', async () => {
    const broken = new Error('denied');
    const lake = await lakeThat(() => Promise.reject(broken));

    await expect(readCurrentPointer(lake, KEY)).rejects.toBe(broken);
  });

  it.each(['a.json', '20260101T000000Z-1a_b.json'])('may be %s', async (name) => {
    const lake = new MemoryObjectStore();
    await lake.put(KEY, pointerTo(`manifests/stream/${name}`));

    expect((await readCurrentPointer(lake, KEY))?.manifestKey).toBe(`manifests/stream/${name}`);
  });

  it.each(['.json', 'a.json.gz', 'a b.json', 'x/a.json', 'ajson', 'a', '../stream/a.json'])(
    'fails when it is %s',
    async (name) => {
      const lake = new MemoryObjectStore();
      await lake.put(KEY, pointerTo(`manifests/stream/${name}`));

      await expect(readCurrentPointer(lake, KEY)).rejects.toMatchObject({
        code: 'current_damaged',
      });
    },
  );
});

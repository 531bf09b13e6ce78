import { describe, expect, it } from 'vitest';
import {
  runsOf,
  StoredExchange,
  StoredSlices,
} from '../../../lambdas/batch/exchange/stored-exchange.ts';
import { MemoryObjectStore } from '../../../lambdas/shared/adapters/memory/memory-object-store.ts';
import { hookedStore } from '../../support/hooked-store.ts';

/** So many blocks with a slice of 8 bytes for each bucket, which say block and bucket. */
async function stored(blocks: number, bucketCount: number, maxHeldBytes: number) {
  const lake = new MemoryObjectStore();
  const exchange = new StoredExchange(lake, 'work/x.bin', maxHeldBytes);
  for (let block = 0; block < blocks; block++) {
    const bytes = exchange.allocate(bucketCount * 8);
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bucketCount * 2);
    for (let bucket = 0; bucket < bucketCount; bucket++) words.set([block, bucket], bucket * 2);
    const ends = Uint32Array.from({ length: bucketCount }, (_, bucket) => (bucket + 1) * 8);
    await exchange.keep(bytes, ends);
  }
  const found = await exchange.finish();
  if (found === null) throw new Error('nothing was stored');
  return { lake, found };
}

async function slicesIn(
  { lake, found }: Awaited<ReturnType<typeof stored>>,
  bucket: number,
  bucketCount: number,
  sourceOf: (block: number) => number | null,
) {
  let block = 0;
  const runs = await runsOf(lake, found, bucket, bucketCount);
  const named = runs.map((run) => ({ run, sources: run.sliceBytes.map(() => sourceOf(block++)) }));
  const read: (readonly number[])[] = [];
  for (const { sourceIndex, sizeBytes, fetch } of new StoredSlices(lake, named).refs) {
    const bytes = new Uint8Array(sizeBytes);
    await fetch(bytes);
    read.push([sourceIndex, ...new Uint32Array(bytes.buffer)]);
  }
  return read;
}

describe('a stored exchange', () => {
  it.each([
    ['one group', 5, 4, 2 ** 30],
    ['many groups', 50, 4, 100],
    ['a footer that is not read as a whole', 3_000, 20, 2 ** 30],
    ['such a one with groups', 3_000, 20, 100_000],
  ])('gives back each slice with its source: %s', async (_name, blocks, buckets, held) => {
    const world = await stored(blocks, buckets, held);

    for (const bucket of [0, 1, buckets - 1]) {
      const expected = Array.from({ length: blocks }, (_, block) => [block * 2, block, bucket]);
      expect(await slicesIn(world, bucket, buckets, (block) => block * 2)).toEqual(expected);
    }
  });

  it('leaves out slices without a source', async () => {
    const world = await stored(6, 2, 40);
    const isUsed = (block: number) => block === 1 || block === 4;

    const read = await slicesIn(world, 1, 2, (block) => (isUsed(block) ? block : null));

    expect(read).toEqual([
      [1, 1, 1],
      [4, 4, 1],
    ]);
  });

  it('reads of a large footer what one bucket needs', async () => {
    const { lake, found } = await stored(3_000, 20, 2 ** 30);
    let asked = 0;
    const counted = hookedStore(lake, (operation) => {
      if (operation === 'get') asked += 1;
    });

    await runsOf(counted, found, 7, 20);

    expect(asked).toBe(2);
    expect(found.sizeBytes - found.footerStartByte).toBe((2 + 3_000 * 20) * 8);
  });
});

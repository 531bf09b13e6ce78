import { describe, expect, it } from 'vitest';
import {
  type StoredBlocks,
  StoredExchange,
} from '../../../../lambdas/batch/exchange/stored-exchange.ts';
import { readIndex, writeIndex } from '../../../../lambdas/batch/exchange/stored-index.ts';
import { StoredSlices } from '../../../../lambdas/batch/exchange/stored-slices.ts';
import { hookedStore } from '../../../support/hooked-store.ts';
import { MemoryObjectStore } from '../../../support/memory/memory-object-store.ts';

const MIB = 1024 * 1024;

const BUCKETS = 4;

interface Stored {
  /** Blocks of each object. */
  readonly objects: readonly number[];
  readonly maxHeldBytes?: number;
  readonly maxStripeBytes?: number;
  /** Of a slice. */
  readonly sliceBytes?: number;
}

/** Slices begin with their object, block and bucket. */
async function stored({ objects, maxHeldBytes = 2 ** 30, sliceBytes = 16, ...rest }: Stored) {
  const memory = new MemoryObjectStore();
  const asked: string[] = [];
  const lake = hookedStore(memory, (operation, key) => {
    asked.push(`${operation} ${key}`);
  });
  const found: StoredBlocks[] = [];
  for (const [object, blocks] of objects.entries()) {
    const exchange = new StoredExchange(lake, `work/${object}.bin`, maxHeldBytes);
    for (let block = 0; block < blocks; block++) {
      const bytes = exchange.allocate(BUCKETS * sliceBytes);
      const ends = Uint32Array.from({ length: BUCKETS }, (_, bucket) => (bucket + 1) * sliceBytes);
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        const at = bytes.byteOffset + bucket * sliceBytes;
        new Uint32Array(bytes.buffer, at, 3).set([object, block, bucket]);
      }
      await exchange.keep(bytes, ends);
    }
    const blocksOf = await exchange.finish();
    if (blocksOf !== null) found.push(blocksOf);
  }
  const keyOf = (stripe: number) => `work/index-${stripe}.bin`;
  const index = await writeIndex(lake, found, { bucketCount: BUCKETS, keyOf, ...rest });
  return { lake, found, index, asked };
}

type Source = (object: number, block: number) => number | null;

async function slicesIn(
  { lake, found, index }: Awaited<ReturnType<typeof stored>>,
  bucket: number,
  sourceOf: Source,
) {
  const objects = await readIndex(lake, found, index, bucket);
  const named = objects.flatMap((extents, object) => {
    let block = 0;
    return extents.map((extent) => {
      return { extent, sources: extent.sliceBytes.map(() => sourceOf(object, block++)) };
    });
  });
  const read: (readonly number[])[] = [];
  for (const slice of new StoredSlices(lake, named).refs) {
    const bytes = new Uint8Array(slice.sizeBytes);
    await slice.fetch(bytes);
    read.push([slice.sourceIndex, ...new Uint32Array(bytes.buffer, 0, 3)]);
  }
  return read;
}

describe('a stored exchange', () => {
  it.each<[string, Stored]>([
    ['one object of one group', { objects: [5] }],
    ['many groups', { objects: [50], maxHeldBytes: 200 }],
    ['many objects, odd numbers of slices, some without any', { objects: [3, 0, 1, 7] }],
    ['an index of many stripes', { objects: [3, 4, 2, 3, 5], maxStripeBytes: 150 }],
    ['stripes and groups', { objects: [9, 4, 9], maxStripeBytes: 150, maxHeldBytes: 200 }],
    ['pieces of an extent', { objects: [3, 2], sliceBytes: 12 * MIB }],
  ])('gives back each slice with its source: %s', async (_name, world) => {
    const made = await stored(world);
    const objects = world.objects.filter((blocks) => blocks > 0);
    const numbers = [...world.objects.entries()].flatMap(([n, blocks]) => (blocks > 0 ? [n] : []));

    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const expected = objects.flatMap((blocks, at) =>
        Array.from({ length: blocks }, (_, block) => [
          at * 100 + block,
          numbers[at],
          block,
          bucket,
        ]),
      );
      const read = await slicesIn(made, bucket, (object, block) => object * 100 + block);
      expect(read).toEqual(expected);
    }
  });

  it('leaves out slices without a source', async () => {
    const made = await stored({ objects: [6], maxHeldBytes: 150 });
    const isUsed = (block: number) => block === 1 || block === 4;

    const read = await slicesIn(made, 1, (_, block) => (isUsed(block) ? block : null));

    expect(read).toEqual([
      [1, 0, 1, 1],
      [4, 0, 4, 1],
    ]);
  });

  it('asks once a stripe where slices are, and once a group for slices', async () => {
    const made = await stored({ objects: [6, 6, 6], maxHeldBytes: 200, maxStripeBytes: 400 });
    expect(made.index.map(({ objectCount }) => objectCount)).toEqual([2, 1]);
    made.asked.length = 0;

    await slicesIn(made, 2, () => 0);

    const groups = made.found.reduce((sum, { groups }) => sum + groups.length, 0);
    expect(groups).toBe(6);
    expect(made.asked).toHaveLength(2 + groups);
  });

  it('asks for nothing where no slice has a source', async () => {
    const made = await stored({ objects: [6] });
    made.asked.length = 0;

    await slicesIn(made, 2, () => null);

    expect(made.asked).toEqual(['get work/index-0.bin']);
  });

  it('reads a footer once, however many buckets there are', async () => {
    const { asked } = await stored({ objects: [2, 2], maxStripeBytes: 1 });

    expect(asked.filter((request) => request.startsWith('get'))).toEqual([
      'get work/0.bin',
      'get work/1.bin',
    ]);
    expect(asked.filter((request) => request.startsWith('put'))).toHaveLength(2);
  });
});

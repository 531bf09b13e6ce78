import { assert } from '../../shared/model/errors.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { inParallel } from '../../shared/runtime/parallel.ts';
import { readFooter, type StoredBlocks, type StoredExtent } from './stored-exchange.ts';

/**
 * Where the slices of a bucket stand in all objects of an exchange, bucket by bucket: footers are
 * by object, and a step that reads one of each asks the store once an object for nothing else. A
 * large index is several stripes of consecutive objects, so that one is made in bounded memory.
 *
 * The row of a bucket holds the first bytes of its extents, doubles, one of each group; then the
 * sizes of its slices, 32 bits each, and nothing up to a multiple of 8.
 */
export interface IndexStripe {
  readonly key: string;
  /** How many of the objects, in their order, are in it. */
  readonly objectCount: number;
}

const START_BYTES = 8;
const SIZE_BYTES = 4;

/** A stripe is at most so large, or has one object. */
export const MAX_STRIPE_BYTES = 64 * 1024 * 1024;

/** Footers that are read at once. */
const PARALLEL_FOOTERS = 8;

interface Shape {
  readonly groupCount: number;
  readonly sliceCount: number;
}

/**
 * Reads all footers and stores the index; `keyOf` names its stripes. The same objects give the same
 * index.
 */
export async function writeIndex(
  lake: ObjectStore,
  objects: readonly StoredBlocks[],
  options: {
    readonly bucketCount: number;
    readonly keyOf: (stripe: number) => string;
    readonly maxStripeBytes?: number;
  },
): Promise<IndexStripe[]> {
  const { bucketCount, keyOf, maxStripeBytes = MAX_STRIPE_BYTES } = options;
  const stripes: IndexStripe[] = [];
  let from = 0;
  for (const objectCount of stripeSizes(objects, bucketCount, maxStripeBytes)) {
    const some = objects.slice(from, from + objectCount);
    const key = keyOf(stripes.length);
    await lake.put(key, await stripeOf(lake, some, bucketCount));
    stripes.push({ key, objectCount });
    from += objectCount;
  }
  return stripes;
}

/** The extents of a bucket, in the order of the objects and their groups. */
export async function readIndex(
  lake: ObjectStore,
  objects: readonly StoredBlocks[],
  stripes: readonly IndexStripe[],
  bucketIndex: number,
): Promise<StoredExtent[][]> {
  let from = 0;
  const placed = stripes.map(({ key, objectCount }) => {
    const some = objects.slice(from, from + objectCount);
    from += objectCount;
    return { key, some };
  });
  const found = await inParallel(placed, PARALLEL_FOOTERS, async ({ key, some }) => {
    const sizeBytes = rowBytes(shapeOf(some));
    const startByte = bucketIndex * sizeBytes;
    const row = await lake.get(key, { range: { startByte, endByte: startByte + sizeBytes } });
    assert(row.length === sizeBytes, `${key} holds a row for bucket ${bucketIndex}`);
    return extentsIn(row, some);
  });
  return found.flat();
}

function extentsIn(row: Uint8Array, objects: readonly StoredBlocks[]): StoredExtent[][] {
  // A copy stands aligned, as doubles must.
  const { buffer } = new Uint8Array(row);
  const { groupCount, sliceCount } = shapeOf(objects);
  const starts = new Float64Array(buffer, 0, groupCount);
  const sizes = new Uint32Array(buffer, groupCount * START_BYTES, sliceCount);
  let group = 0;
  let slice = 0;
  return objects.map(({ key, groups }) =>
    groups.map((blockCount) => {
      const sliceBytes = [...sizes.subarray(slice, slice + blockCount)];
      slice += blockCount;
      return { key, startByte: starts[group++], sliceBytes };
    }),
  );
}

async function stripeOf(
  lake: ObjectStore,
  objects: readonly StoredBlocks[],
  bucketCount: number,
): Promise<Uint8Array> {
  const shape = shapeOf(objects);
  const stripe = new Uint8Array(rowBytes(shape) * bucketCount);
  let before: Shape = { groupCount: 0, sliceCount: 0 };
  const places = objects.map((object) => {
    const place = before;
    before = sumOf(before, shapeOf([object]));
    return { object, place };
  });
  await inParallel(places, PARALLEL_FOOTERS, async ({ object, place }) => {
    const footer = await readFooter(lake, object);
    fill(stripe.buffer, shape, place, { groups: object.groups, footer, bucketCount });
  });
  return stripe;
}

/** Writes what one footer says into the rows of all buckets. */
function fill(
  buffer: ArrayBuffer,
  shape: Shape,
  place: Shape,
  object: {
    readonly groups: readonly number[];
    readonly footer: Float64Array;
    readonly bucketCount: number;
  },
): void {
  const { groups, footer, bucketCount } = object;
  const starts = new Float64Array(buffer);
  const sizes = new Uint32Array(buffer);
  const rowWords = rowBytes(shape) / SIZE_BYTES;
  let at = 0;
  let slice = place.sliceCount;
  groups.forEach((blockCount, groupIndex) => {
    const groupStart = footer[at];
    at += 2;
    let start = 0;
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      const row = bucket * rowWords;
      starts[row / 2 + place.groupCount + groupIndex] = groupStart + start;
      const firstSize = row + shape.groupCount * 2 + slice;
      for (let block = 0; block < blockCount; block++) {
        const end = footer[at++];
        sizes[firstSize + block] = end - start;
        start = end;
      }
    }
    slice += blockCount;
  });
}

function stripeSizes(
  objects: readonly StoredBlocks[],
  bucketCount: number,
  maxStripeBytes: number,
): number[] {
  const counts: number[] = [];
  let shape: Shape = { groupCount: 0, sliceCount: 0 };
  for (const object of objects) {
    const own = shapeOf([object]);
    const together = sumOf(shape, own);
    const isFull = rowBytes(together) * bucketCount > maxStripeBytes;
    if (counts.length === 0 || isFull) {
      counts.push(1);
      shape = own;
    } else {
      counts[counts.length - 1] += 1;
      shape = together;
    }
  }
  return counts;
}

function shapeOf(objects: readonly Pick<StoredBlocks, 'groups'>[]): Shape {
  let groupCount = 0;
  let sliceCount = 0;
  for (const { groups } of objects) {
    groupCount += groups.length;
    for (const blockCount of groups) sliceCount += blockCount;
  }
  return { groupCount, sliceCount };
}

function sumOf(a: Shape, b: Shape): Shape {
  return { groupCount: a.groupCount + b.groupCount, sliceCount: a.sliceCount + b.sliceCount };
}

function rowBytes({ groupCount, sliceCount }: Shape): number {
  return groupCount * START_BYTES + Math.ceil(sliceCount / 2) * 2 * SIZE_BYTES;
}

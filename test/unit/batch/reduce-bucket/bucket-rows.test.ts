import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type SliceHeader,
  sliceBytes,
  startSlice,
} from '../../../../lambdas/batch/exchange/slice-layout.ts';
import { BucketRows } from '../../../../lambdas/batch/reduce-bucket/bucket-rows.ts';
import { KernelArena } from '../../../../lambdas/shared/kernels/kernel-arena.ts';
import { KernelMemory } from '../../../../lambdas/shared/kernels/kernel-memory.ts';
import { CODED_FIELDS } from '../../../../lambdas/shared/model/order.ts';
import { seed } from '../../../support/seed.ts';

/** A slice of so many rows whose ids are one byte each, with one customer and one product. */
function sliceOf(rowCount: number): Uint8Array {
  const header: SliceHeader = {
    rowCount,
    idBytes: rowCount,
    baseOffset: 0,
    maxOffset: 0,
    baseTimeMs: 0,
    maxTimeMs: 0,
    maxPriceCents: 0,
    maxQuantity: 1,
    remainderCount: 0,
    quarantinedCount: 0,
    rawBytes: 0,
    coded: CODED_FIELDS.map(() => ({ count: 1, bytes: 1 })),
  };
  const bytes = new Uint8Array(sliceBytes(header));
  const columns = startSlice(bytes, header);
  columns.idHash.fill(7);
  columns.idEnd.forEach((_, row) => {
    columns.idEnd[row] = row + 1;
  });
  for (const { offsets } of columns.values) offsets.set([0, 1]);
  columns.ids.fill(0x61);
  return bytes;
}

function bucketOf(rowCounts: readonly number[]): BucketRows {
  const bucket = new BucketRows(new KernelArena(KernelMemory.create()));
  rowCounts.forEach((count, sourceIndex) => {
    bucket.add({ sourceIndex, bytes: sliceOf(count) });
  });
  return bucket;
}

describe('the slices of a bucket', () => {
  it('keep views of their columns where they have many rows, and none where they have few', () => {
    const [small, large] = bucketOf([255, 256]).blocks;

    expect(small.views.columns).not.toBe(small.views.columns);
    expect(large.views.columns).toBe(large.views.columns);
    for (const slice of [small, large]) {
      const { rowCount, header, idHash, idEnd, ids } = slice;
      expect(header.rowCount).toBe(rowCount);
      expect([idHash.length, idHash[rowCount - 1]]).toEqual([rowCount, 7]);
      expect([idEnd.length, idEnd[rowCount - 1]]).toEqual([rowCount, rowCount]);
      expect([ids.byteLength, ids.getUint8(rowCount - 1)]).toEqual([rowCount, 0x61]);
    }
  });

  it('are always visited once each, in order, with all of the rows asked for', () => {
    const drawnRows = fc.array(fc.nat(5), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(drawnRows, fc.func(fc.boolean()), (rowCounts, isWanted) => {
        const bucket = bucketOf(rowCounts);
        const all = Uint32Array.from({ length: bucket.rowCount }, (_, row) => row);
        const rows = all.filter((row) => isWanted(row));

        const visited: [source: number, row: number][] = [];
        bucket.forEachBlock(rows, ({ sourceIndex }, from, to) => {
          for (let at = from; at < to; at++) visited.push([sourceIndex, rows[at]]);
        });

        const sourceOfRow = rowCounts.flatMap((count, source) => Array(count).fill(source));
        expect(visited).toEqual([...rows].map((row) => [sourceOfRow[row], row]));
      }),
      { seed, numRuns: 100 },
    );
  });
});

import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  carriedWorkers,
  MAX_BUCKETS,
  neededBytes,
  planMemory,
  uncompressedBytes,
} from '../../../../lambdas/batch/plan-run/plan-sizes.ts';
import { storeOf } from '../../../support/batch-runs.ts';
import { runs } from '../../../support/runs.ts';
import { seed } from '../../../support/seed.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

describe('planMemory', () => {
  it('takes one bucket for little input', () => {
    const plan = planMemory({
      inputBytes: MIB,
      dimensionBytes: 0,
      workers: 4,
      memoryLimitBytes: 768 * MIB,
    });

    expect(plan.bucketCount).toBe(1);
    expect(plan.exchangeBytesInMemory).toBeGreaterThan(MIB);
  });

  it('takes a bucket per worker where everything fits', () => {
    const plan = planMemory({
      inputBytes: 200 * MIB,
      dimensionBytes: MIB,
      workers: 2,
      memoryLimitBytes: 768 * MIB,
    });

    expect(plan.bucketCount).toBe(2);
  });

  it('always stays within its bounds, and never takes fewer buckets for more input', () => {
    const arguments_ = fc.record({
      inputBytes: fc.oneof(fc.nat(100 * MIB), fc.integer({ min: 0, max: 2_000 * GIB })),
      dimensionBytes: fc.nat(300 * MIB),
      workers: fc.integer({ min: 1, max: 64 }),
      memoryLimitBytes: fc.integer({ min: 128 * MIB, max: 64 * GIB }),
    });
    fc.assert(
      fc.property(arguments_, (sizes) => {
        const plan = planMemory(sizes);
        const larger = planMemory({ ...sizes, inputBytes: sizes.inputBytes * 2 });

        expect(Number.isInteger(plan.bucketCount)).toBe(true);
        expect(plan.bucketCount).toBeGreaterThanOrEqual(1);
        expect(plan.bucketCount).toBeLessThanOrEqual(MAX_BUCKETS);
        expect(plan.reduceBytes).toBeGreaterThan(0);
        expect(plan.exchangeBytesInMemory).toBeGreaterThan(0);
        expect(larger.bucketCount).toBeGreaterThanOrEqual(plan.bucketCount);
        const inUse = plan.exchangeBytesInMemory + sizes.workers * plan.reduceBytes;
        if (plan.bucketCount > sizes.workers) {
          expect(inUse).toBeLessThanOrEqual(Math.max(sizes.memoryLimitBytes, 16 * MIB) + 64);
        }
      }),
      { seed, ...runs(1_000) },
    );
  });
});

describe('carriedWorkers', () => {
  const carried = (inputMiB: number, workers: number, limitMiB: number, dimensionMiB = 0) =>
    carriedWorkers({
      inputBytes: inputMiB * MIB,
      dimensionBytes: dimensionMiB * MIB,
      workers,
      memoryLimitBytes: limitMiB * MIB,
    });

  it('carries all where the exchange stays in memory', () => {
    expect(carried(540, 2, 768)).toBe(2);
    expect(carried(540, 8, 2048)).toBe(8);
    expect(carried(64, 8, 1024)).toBe(8);
  });

  it('starts no worker that would make the others spill', () => {
    expect(carried(540, 8, 768)).toBe(2);
    expect(carried(540, 3, 768)).toBe(2);
  });

  it('spills where that takes clearly more workers than fit without', () => {
    expect(carried(540, 2, 512)).toBe(2);
    expect(carried(5_400, 2, 512)).toBe(2);
    expect(carried(540, 8, 768, 50)).toBe(2);
    expect(carried(50_000, 64, 4_096)).toBe(21);
  });

  it('is one worker however little the limit is', () => {
    expect(carried(5_400, 8, 128)).toBe(1);
    expect(carried(5_400, 1, 128)).toBe(1);
  });

  it('always starts one, never more than are wanted, and all where the limit is enough', () => {
    const needs = fc.record({
      inputBytes: fc.integer({ min: 0, max: 200 * GIB }),
      dimensionBytes: fc.nat(300 * MIB),
      workers: fc.integer({ min: 1, max: 64 }),
      memoryLimitBytes: fc.integer({ min: 128 * MIB, max: 64 * GIB }),
    });
    fc.assert(
      fc.property(needs, fc.nat(4 * GIB), (drawn, moreBytes) => {
        const count = carriedWorkers(drawn);
        const memoryLimitBytes = drawn.memoryLimitBytes + moreBytes;

        expect(count).toBeGreaterThanOrEqual(1);
        expect(count).toBeLessThanOrEqual(drawn.workers);
        const enough = neededBytes(drawn, drawn.workers);
        expect(
          carriedWorkers({ ...drawn, memoryLimitBytes: Math.max(enough, memoryLimitBytes) }),
        ).toBe(drawn.workers);
      }),
      { seed, ...runs(1_000) },
    );
  });
});

describe('uncompressedBytes', () => {
  const sizesOf = async (files: readonly (readonly [string, Uint8Array])[]) => {
    const landing = await storeOf(files);
    const inputs = await Promise.all(
      files.map(async ([key, bytes]) => {
        const etag = (await landing.head(key))?.etag ?? '';
        return { key, etag, sizeBytes: bytes.length };
      }),
    );
    return await uncompressedBytes(landing, inputs);
  };

  it('adds up sizes, and what gzip files say of themselves', async () => {
    const text = Buffer.from('a,b,c\n'.repeat(1_000));

    expect(await sizesOf([['a.csv', text]])).toBe(6_000);
    expect(
      await sizesOf([
        ['a.csv', text],
        ['b.csv', gzipSync(text)],
      ]),
    ).toBe(12_000);
  });

  it('estimates a gzip file that says less than it is, passes over one cut short, and looks at no name', async () => {
    const wrapped = Buffer.from(gzipSync(Buffer.from('a'.repeat(100))));
    wrapped.writeUInt32LE(1, wrapped.length - 4);

    expect(await sizesOf([['a.csv.gz', wrapped]])).toBe(wrapped.length * 12);
    expect(await sizesOf([['a.csv.gz', wrapped.subarray(0, 17)]])).toBe(0);
    expect(await sizesOf([['a.csv.gz', Buffer.alloc(17)]])).toBe(17);
  });
});

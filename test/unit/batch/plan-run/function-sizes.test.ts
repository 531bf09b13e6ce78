import { describe, expect, it } from 'vitest';
import { type InputSize, planSteps } from '../../../../lambdas/batch/plan-run/function-sizes.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const limits = { functionMemoryBytes: 1_769 * MIB, timeLimitMs: 900_000 };

const plain = (uncompressedBytes: number, count = 1): InputSize[] =>
  Array.from({ length: count }, (_, index) => {
    return { key: `orders/${index}.csv`, isWhole: false, uncompressedBytes };
  });

function plan(inputs: readonly InputSize[], rest: Partial<Parameters<typeof planSteps>[1]> = {}) {
  return planSteps(inputs, { limits, minChunkBytes: 32 * MIB, dimensionBytes: 0, ...rest });
}

describe('planSteps', () => {
  it('keeps little input in one bucket, and chunks of the configured size', () => {
    expect(plan(plain(40 * MIB))).toMatchObject({
      chunkBytes: 32 * MIB,
      chunkCount: 2,
      bucketCount: 1,
    });
  });

  it('cuts 100 GB into some hundred chunks and buckets that fit one core’s memory', () => {
    const { chunkBytes, chunkCount, bucketCount, waveBytes } = plan(plain(GIB, 93));

    expect({ chunkBytes, chunkCount, bucketCount }).toEqual({
      chunkBytes: 239 * MIB,
      chunkCount: 465,
      bucketCount: 186,
    });
    // The exchange of a bucket, with its skew, is loaded at once.
    expect(((93 * GIB) / 186) * 0.68 * 1.2).toBeLessThan(waveBytes);
  });

  it('packs files that are smaller than a task', () => {
    expect(plan(plain(33 * MIB, 5_000))).toMatchObject({ chunkCount: 5_000, taskCount: 417 });
    expect(plan(plain(1_000, 8_001))).toMatchObject({ chunkCount: 8_001, taskCount: 127 });
  });

  it('takes a million files, and 1 TB of them', () => {
    expect(plan(plain(1_000, 1_000_000))).toMatchObject({ taskCount: 416, bucketCount: 2 });
    expect(plan(plain(1_000_000, 1_000_000))).toMatchObject({ taskCount: 1_205 });
    expect(plan(plain(10 * GIB, 100)).taskCount).toBeLessThanOrEqual(1_000);
  });

  it('makes the tasks and buckets of 1 TB as large as a function can hold', () => {
    const { taskCount, bucketCount, rangeCount, chunkBytes } = plan(plain(GIB, 932));

    expect({ taskCount, bucketCount, rangeCount }).toEqual({
      taskCount: 932,
      bucketCount: 792,
      rangeCount: 655,
    });
    // The blocks of a task are one group.
    expect(chunkBytes * 0.68).toBeLessThan((limits.functionMemoryBytes - 400 * MIB) * 0.6);
  });

  it('has fewer of them where functions have more memory', () => {
    const functionMemoryBytes = 4_096 * MIB;
    const large = plan(plain(10 * GIB, 93), { limits: { ...limits, functionMemoryBytes } });
    expect(large).toMatchObject({ taskCount: 465, bucketCount: 380, rangeCount: 314 });
  });

  it('stays far from every limit over ten years of 100 files a day and bursts of 10,000', () => {
    for (let month = 12; month <= 120; month += 12) {
      const files = [
        ...plain(300_000, month * 3_000),
        ...plain(2_000, Math.ceil(month / 12) * 10_000),
        ...plain(2 * GIB, Math.ceil(month / 12)),
      ];
      const { limits: used, taskCount } = plan(files);

      expect(taskCount).toBeLessThanOrEqual(2_000);
      for (const { usedPercent } of used) expect(usedPercent).toBeLessThan(50);
    }
  });

  it('says how much of each limit it uses', () => {
    const { limits: used } = plan([
      ...plain(1_000, 10_000),
      { key: 'orders/a.gz', isWhole: true, uncompressedBytes: 5.4e9 },
    ]);

    expect(used).toEqual([
      { name: 'map_tasks', used: 160, limit: 8_000, usedPercent: 2 },
      { name: 'buckets', used: 11, limit: 4_096, usedPercent: 0.27 },
      { name: 'files', used: 10_001, limit: 1_613_758, usedPercent: 0.62 },
      { name: 'plan_seconds', used: 9, limit: 900, usedPercent: 1 },
      { name: 'largest_whole_file_bytes', used: 5.4e9, limit: 21.6e9, usedPercent: 25 },
    ]);
  });

  it('counts less time for inputs that are found faster', () => {
    const secondsOf = (rest: { readonly inputsPerSec?: number }) =>
      plan(plain(1_000, 30_000), rest).limits.find(({ name }) => name === 'plan_seconds')?.used;

    expect([secondsOf({}), secondsOf({ inputsPerSec: 10_000 })]).toEqual([24, 3]);
  });

  it('takes larger buckets where functions have more memory', () => {
    const functionMemoryBytes = 10_240 * MIB;
    const large = plan(plain(GIB, 93), { limits: { ...limits, functionMemoryBytes } });
    expect(large.waveBytes).toBe(2_048 * MIB);
  });

  it('fails when a gzip file takes longer than a function may run, and names it', () => {
    const inputs = [{ key: 'orders/all.csv.gz', isWhole: true, uncompressedBytes: 30 * GIB }];
    expect(() => plan(inputs)).toThrow(
      'orders/all.csv.gz holds about 32212254720 bytes, but a function reads at most 21600000000',
    );
  });

  it('fails when there are more files than a function can hold', () => {
    const functionMemoryBytes = 512 * MIB;
    expect(() => plan(plain(1, 300_000), { limits: { ...limits, functionMemoryBytes } })).toThrow(
      '300000 files exceed the 295698 that a function with 536870912 bytes can plan',
    );
  });

  it('fails when no number of buckets holds the input', () => {
    expect(() => plan(plain(GIB, 7_000))).toThrow('allowed: up to 4096');
  });

  it('fails when dimensions leave no room', () => {
    expect(() => plan(plain(GIB), { dimensionBytes: 700 * MIB })).toThrow(
      'dimensions of 734003200 bytes and 1 files leave no room in a function with 1854930944 bytes',
    );
  });
});

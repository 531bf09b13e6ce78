import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  FILE_WEIGHT,
  MAX_TASK_FILES,
  TaskPacker,
} from '../../../../lambdas/batch/plan-run/task-packer.ts';
import { seed } from '../../../support/seed.ts';

/** A file of one chunk, or of several. */
type Packed = { readonly chunkCount: number; readonly bytes: number };

function pack(taskBytes: number, files: readonly Packed[]): TaskPacker {
  const packer = new TaskPacker(taskBytes);
  for (const { chunkCount, bytes } of files) packer.add(chunkCount, bytes);
  return packer;
}

const small = (bytes: number): Packed => ({ chunkCount: 1, bytes });

it('packs files until their bytes and weights fill a task', () => {
  const taskBytes = 3 * FILE_WEIGHT + 100;

  expect(pack(taskBytes, [50, 50, 0, 1, 101].map(small)).taskEnds).toEqual([3, 5]);
  expect(pack(taskBytes, [60, 41, 0].map(small)).taskEnds).toEqual([2, 3]);
});

it('keeps chunks of a file that was cut apart, and what stands around it', () => {
  const files = [small(1), small(1), { chunkCount: 3, bytes: 10 }, small(1), small(1)];

  expect(pack(2 ** 30, files).taskEnds).toEqual([2, 3, 4, 5, 7]);
});

it('takes a file alone that is larger than a task', () => {
  expect(pack(1, [small(5), small(5)]).taskEnds).toEqual([1, 2]);
});

it('takes so many files at most', () => {
  const files = Array.from({ length: MAX_TASK_FILES + 1 }, () => small(0));

  expect(pack(Number.MAX_SAFE_INTEGER, files).taskEnds).toEqual([
    MAX_TASK_FILES,
    MAX_TASK_FILES + 1,
  ]);
});

it('never makes a task above its limits, nor loses a chunk', () => {
  const file = fc.record({
    chunkCount: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 4 })),
    bytes: fc.integer({ min: 0, max: 4 * FILE_WEIGHT }),
  });
  fc.assert(
    fc.property(
      fc.array(file, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 10 * FILE_WEIGHT }),
      (files, taskBytes) => {
        const { taskEnds, chunkCount } = pack(taskBytes, files);

        const owners = files.flatMap((one) => Array.from({ length: one.chunkCount }, () => one));
        expect(chunkCount).toBe(owners.length);
        expect(taskEnds.at(-1)).toBe(owners.length);
        taskEnds.forEach((end, index) => {
          const own = owners.slice(taskEnds[index - 1] ?? 0, end);
          const weight = own.reduce((sum, { bytes }) => sum + bytes + FILE_WEIGHT, 0);
          expect(own.length).toBeGreaterThan(0);
          expect(own.length === 1 || weight <= taskBytes).toBe(true);
          expect(own.length === 1 || own.every((one) => one.chunkCount === 1)).toBe(true);
        });
      },
    ),
    { seed, numRuns: 300 },
  );
});

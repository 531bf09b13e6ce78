import { expect, it } from 'vitest';
import { KernelMemory } from '../../../lambdas/shared/kernels/kernel-memory.ts';
import { RowKeys } from '../../../lambdas/shared/rows/row-keys.ts';
import { createRowsKernel } from '../../../lambdas/shared/rows/rows-kernel.ts';

const memory = KernelMemory.create();
const kernel = createRowsKernel(memory);

const rowKeys = (capacity: number) => new RowKeys(capacity, memory, kernel);

function densify(rows: RowKeys, keys: readonly number[], keyCount: number) {
  rows.keys.fill(9_999);
  rows.keys.set(keys);
  rows.densify(keys.length, keyCount);
  return { keys: [...rows.keys.subarray(0, keys.length)], used: [...rows.used] };
}

it('numbers keys from 0 in the order of their first use', () => {
  const rows = rowKeys(6);

  expect(densify(rows, [7, 3, 7, 0, 3], 8)).toEqual({ keys: [0, 1, 0, 2, 1], used: [7, 3, 0] });
  expect(rows.keys[5]).toBe(9_999);
});

it('begins anew each time, with more keys than before and with fewer', () => {
  const rows = rowKeys(3);

  expect(densify(rows, [15, 0], 16)).toEqual({ keys: [0, 1], used: [15, 0] });
  expect(densify(rows, [99, 15, 99], 100)).toEqual({ keys: [0, 1, 0], used: [99, 15] });
  expect(densify(rows, [16, 199], 200)).toEqual({ keys: [0, 1], used: [16, 199] });
  expect(densify(rows, [0], 1)).toEqual({ keys: [0], used: [0] });
  expect(densify(rows, [0, 1, 0], 2)).toEqual({ keys: [0, 1, 0], used: [0, 1] });
  expect(densify(rows, [], 2)).toEqual({ keys: [], used: [] });
});

it('has room for more keys than it first took memory for', () => {
  const rows = rowKeys(3);
  densify(rows, [1], 2);

  expect(densify(rows, [84_005, 2, 84_005], 84_006)).toEqual({
    keys: [0, 1, 0],
    used: [84_005, 2],
  });
  expect(densify(rows, [2, 84_005], 84_006)).toEqual({ keys: [0, 1], used: [2, 84_005] });
});

it('leaves the keys of others in the same memory as they are', () => {
  const [first, second] = [rowKeys(3), rowKeys(3)];
  densify(first, [5, 6, 5], 7);
  densify(second, [6, 5, 0], 7);

  expect([...first.keys, ...first.used]).toEqual([0, 1, 0, 5, 6]);
  expect([...second.keys, ...second.used]).toEqual([0, 1, 2, 6, 5, 0]);
});

it('says where its keys are in the memory', () => {
  const rows = rowKeys(2);
  rows.keys.set([4, 2]);

  expect([...memory.uint32s(rows.at, 2)]).toEqual([4, 2]);
});

it('makes a column of values by key', () => {
  const rows = rowKeys(2);
  densify(rows, [4, 2], 5);
  const values = Float64Array.of(1, 2);
  const valueOfKey = Int32Array.of(1, -1);

  expect(rows.column(values, valueOfKey)).toEqual({
    kind: 'keyed',
    keys: rows.keys,
    keyCount: 2,
    valueOf: valueOfKey,
    values,
    isInOrderOfUse: true,
  });
});

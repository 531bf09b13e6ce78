import { expect, it } from 'vitest';
import { DenseKeys } from '../../../lambdas/shared/rows/dense-keys.ts';

function densify(dense: DenseKeys, keys: readonly number[], keyCount: number) {
  dense.keys.fill(9_999);
  dense.keys.set(keys);
  dense.densify(keys.length, keyCount);
  return { keys: [...dense.keys.subarray(0, keys.length)], used: [...dense.used] };
}

it('numbers keys from 0 in the order of their first use', () => {
  const dense = new DenseKeys(6);

  expect(densify(dense, [7, 3, 7, 0, 3], 8)).toEqual({ keys: [0, 1, 0, 2, 1], used: [7, 3, 0] });
  expect(dense.keys[5]).toBe(9_999);
});

it('begins anew each time, with more keys than before and with fewer', () => {
  const dense = new DenseKeys(3);

  expect(densify(dense, [15, 0], 16)).toEqual({ keys: [0, 1], used: [15, 0] });
  expect(densify(dense, [99, 15, 99], 100)).toEqual({ keys: [0, 1, 0], used: [99, 15] });
  expect(densify(dense, [16, 199], 200)).toEqual({ keys: [0, 1], used: [16, 199] });
  expect(densify(dense, [0], 1)).toEqual({ keys: [0], used: [0] });
  expect(densify(dense, [0, 1, 0], 2)).toEqual({ keys: [0, 1, 0], used: [0, 1] });
});

it('makes a column of values by key', () => {
  const dense = new DenseKeys(2);
  densify(dense, [4, 2], 5);
  const values = Float64Array.of(1, 2);
  const valueOfKey = Int32Array.of(1, -1);

  expect(dense.column(values, valueOfKey)).toEqual({
    kind: 'keyed',
    keys: dense.keys,
    keyCount: 2,
    valueOf: valueOfKey,
    values,
    isInOrderOfUse: true,
  });
});

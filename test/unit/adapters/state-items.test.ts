import { describe, expect, it } from 'vitest';
import { itemSizeBytes } from '../../../lambdas/shared/adapters/state-items.ts';
import type { StateValue } from '../../../lambdas/shared/ports/state-store.ts';

describe('the size of an item', () => {
  /** `pk` + 1 + `sk` + 1 for the key, 1 for the name of the attribute. */
  const valueBytes = (value: StateValue) => itemSizeBytes({ pk: 'p', sk: 's' }, { x: value }) - 7;

  it('counts the key and the names', () => {
    expect(itemSizeBytes({ pk: 'p', sk: 's' }, {})).toBe(6);
    expect(itemSizeBytes({ pk: 'pü', sk: '日本' }, { näme: '' })).toBe(2 + 3 + 2 + 6 + 5);
  });

  it.each<[StateValue, number]>([
    ['', 0],
    ['aü😀', 7],
    [true, 1],
    [null, 1],
    [new Uint8Array(10), 10],
    [0, 1],
    [7, 2],
    [12, 2],
    [123, 3],
    [-123, 4],
    [1_000_000, 2],
    [[], 3],
    [['a', true], 3 + 1 + 1 + 1 + 1],
    [{}, 3],
    [{ ab: 'c', d: [1] }, 3 + 2 + 1 + 1 + 1 + 3 + 2 + 1 + 1],
  ])('counts %j as %i bytes', (value, expected) => {
    expect(valueBytes(value)).toBe(expected);
  });
});

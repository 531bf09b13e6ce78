import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { eachInParallel } from '../../../../lib/embedded/verify/each-in-parallel.ts';

async function* numbers(count: number): AsyncGenerator<number> {
  for (let i = 0; i < count; i++) yield i;
}

describe('items in parallel', () => {
  it('are each taken once, never more than the limit at a time', async () => {
    const taken: number[] = [];
    let running = 0;
    let most = 0;
    await eachInParallel(numbers(20), 3, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await nextTurn();
      taken.push(item);
      running -= 1;
    });
    expect(taken.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(most).toBe(3);
  });

  it('end with the first error, and no further item is begun', async () => {
    const begun: number[] = [];
    const run = async (item: number) => {
      begun.push(item);
      if (item === 4) throw new Error('four');
    };
    await expect(eachInParallel(numbers(1_000), 2, run)).rejects.toThrow('four');
    expect(begun.length).toBeLessThan(10);
  });

  it('end with the error of their source', async () => {
    async function* failing(): AsyncGenerator<number> {
      yield 1;
      throw new Error('source');
    }
    await expect(eachInParallel(failing(), 2, async () => undefined)).rejects.toThrow('source');
  });
});

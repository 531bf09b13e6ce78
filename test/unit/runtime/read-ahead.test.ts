import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readAhead } from '../../../lambdas/shared/runtime/read-ahead.ts';

describe('readAhead', () => {
  it('answers in order, with no more under way than the limit', async () => {
    let underWay = 0;
    let most = 0;
    const run = async (turns: number) => {
      underWay += 1;
      most = Math.max(most, underWay);
      for (let turn = 0; turn < turns; turn++) await nextTurn();
      underWay -= 1;
      return turns;
    };

    const answers: number[] = [];
    for await (const answer of readAhead([5, 1, 3, 0, 2], 3, run)) answers.push(answer);

    expect(answers).toEqual([5, 1, 3, 0, 2]);
    expect(most).toBe(3);
  });

  it('throws an error in its turn, once those under way have ended', async () => {
    const ended: string[] = [];
    const run = async (name: string) => {
      if (name === 'bad') throw new Error('bad');
      for (let turn = 0; turn < 3; turn++) await nextTurn();
      ended.push(name);
      return name;
    };

    const answers: string[] = [];
    const all = async () => {
      for await (const answer of readAhead(['a', 'bad', 'b', 'c'], 3, run)) answers.push(answer);
    };

    await expect(all()).rejects.toThrow('bad');
    expect(answers).toEqual(['a']);
    expect(ended).toContain('b');
  });

  it('starts nothing more for one who stops, and waits for those under way', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const run = async (item: number) => {
      begun.push(item);
      await nextTurn();
      ended.push(item);
      return item;
    };

    for await (const _ of readAhead([1, 2, 3, 4, 5, 6], 2, run)) break;

    expect(begun).toEqual([1, 2, 3]);
    expect(ended).toEqual([1, 2, 3]);
  });
});

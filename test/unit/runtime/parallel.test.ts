import { describe, expect, it } from 'vitest';
import { untilAllEnd } from '../../../lambdas/shared/runtime/parallel.ts';

describe('untilAllEnd', () => {
  it('answers all, each with its own', async () => {
    expect(await untilAllEnd(Promise.resolve(1), Promise.resolve('a'))).toEqual([1, 'a']);
  });

  it('fails with the first error in their order, once the others have ended', async () => {
    const ended: string[] = [];
    const later = async (name: string) => {
      await new Promise((resolve) => setImmediate(resolve));
      ended.push(name);
      return name;
    };
    const failing = async (message: string) => {
      throw new Error(message);
    };

    const all = untilAllEnd(later('a'), failing('first'), failing('second'), later('b'));

    await expect(all).rejects.toThrow('first');
    expect(ended).toEqual(['a', 'b']);
  });
});

import { describe, expect, it } from 'vitest';
import {
  cleanUpOnFailure,
  tryAll,
  withCleanUp,
  withCleanUpSync,
} from '../../../lambdas/shared/model/errors.ts';

const first = new Error('no space left');
const second = new Error('the lock cannot be made');
const fail = (error: Error) => () => {
  throw error;
};

describe('withCleanUp', () => {
  it('throws what failed first, and keeps what the clean-up said', async () => {
    const failing = withCleanUp(async () => fail(first)(), fail(second));

    await expect(failing).rejects.toBe(first);
    expect(first).toHaveProperty('cleanUpError', second);
  });

  it('throws what the clean-up said where nothing failed before it', async () => {
    await expect(withCleanUp(async () => 1, fail(second))).rejects.toBe(second);
  });

  it('cleans up once, and returns what the work returned', async () => {
    let cleaned = 0;
    expect(
      await withCleanUp(
        async () => 'done',
        () => {
          cleaned += 1;
        },
      ),
    ).toBe('done');
    expect(cleaned).toBe(1);
  });

  it('does the same without a pause', () => {
    expect(() => withCleanUpSync(fail(first), fail(second))).toThrow(first);
    expect(() => withCleanUpSync(() => 1, fail(second))).toThrow(second);
    expect(
      withCleanUpSync(
        () => 2,
        () => undefined,
      ),
    ).toBe(2);
  });

  it('throws frozen errors and values that are none as they are', async () => {
    const frozen = Object.freeze(new Error('frozen'));
    await expect(withCleanUp(async () => fail(frozen)(), fail(second))).rejects.toBe(frozen);
    const text = withCleanUp(() => Promise.reject('text'), fail(second));
    await expect(text).rejects.toBe('text');
  });
});

describe('cleanUpOnFailure', () => {
  it('leaves what succeeded alone', async () => {
    let cleaned = 0;
    const cleanUp = async () => {
      cleaned += 1;
    };

    expect(await cleanUpOnFailure(async () => 3, cleanUp)).toBe(3);
    expect(cleaned).toBe(0);
    await expect(cleanUpOnFailure(async () => fail(first)(), cleanUp)).rejects.toBe(first);
    expect(cleaned).toBe(1);
  });
});

describe('tryAll', () => {
  it('takes every step, and throws the first failure', async () => {
    const taken: number[] = [];
    const step = (n: number, error?: Error) => () => {
      taken.push(n);
      if (error !== undefined) throw error;
    };

    await expect(tryAll([step(1), step(2, first), step(3, second), step(4)])).rejects.toBe(first);
    expect(taken).toEqual([1, 2, 3, 4]);
  });
});

import { describe, expect, it } from 'vitest';
import { OutcomeUnknownError, RetryableError } from '../../../lambdas/shared/model/errors.ts';
import type { Clock } from '../../../lambdas/shared/ports/clock.ts';
import type { StateOperation, StateStore } from '../../../lambdas/shared/ports/state-store.ts';
import { transact } from '../../../lambdas/shared/state/transact.ts';
import { CountingRandomness } from '../../support/stream-world.ts';

const LOST = new OutcomeUnknownError('no answer');
const BUSY = new RetryableError('throttled');
const OPERATIONS: readonly StateOperation[] = [{ kind: 'delete', key: { pk: 'p', sk: 's' } }];

type Answer = 'committed' | 'raced' | Error;

/** A transaction whose tries have these answers; the last one stays. */
async function transactWith(...answers: readonly Answer[]) {
  const tries: { operations: readonly StateOperation[]; token: string }[] = [];
  const pausesMs: number[] = [];
  const state: Pick<StateStore, 'transact'> = {
    async transact(operations, token) {
      const answer = answers[Math.min(tries.length, answers.length - 1)];
      tries.push({ operations, token });
      if (answer instanceof Error) throw answer;
      return answer === 'committed'
        ? { status: answer }
        : { status: 'condition_failed', failed: [0] };
    },
  };
  const clock: Pick<Clock, 'sleep'> = { sleep: async (ms) => void pausesMs.push(ms) };
  const randomness = new CountingRandomness();
  const world = { state: state as StateStore, clock: clock as Clock, randomness };
  const outcome = await transact(world, OPERATIONS).catch((error: unknown) => error);
  return { outcome, tries, pausesMs };
}

describe('a transaction', () => {
  it.each<[Answer]>([['committed'], ['raced']])('that is %s is tried once', async (answer) => {
    const { outcome, tries, pausesMs } = await transactWith(answer);

    expect(outcome).toBe(answer);
    expect(tries).toEqual([{ operations: OPERATIONS, token: '0000000000000001' }]);
    expect(pausesMs).toEqual([]);
  });

  it('is tried again by the same token, after pauses that double', async () => {
    const { outcome, tries, pausesMs } = await transactWith(BUSY, LOST, BUSY, 'committed');

    expect(outcome).toBe('committed');
    expect(tries).toEqual(Array(4).fill({ operations: OPERATIONS, token: '0000000000000001' }));
    // Half of 50, 100 and 200 ms, as the draw is a half.
    expect(pausesMs).toEqual([25, 50, 100]);
  });

  it('that fails after a lost answer may be the one that was committed', async () => {
    expect((await transactWith(LOST, 'raced')).outcome).toBe('unknown');
    expect((await transactWith(LOST, BUSY, 'raced')).outcome).toBe('unknown');
    expect((await transactWith(BUSY, 'raced')).outcome).toBe('raced');
  });

  it('is given up after six tries, as refused or as unknown', async () => {
    const refused = await transactWith(BUSY);
    const lost = await transactWith(BUSY, LOST, BUSY);

    expect(refused.outcome).toBe(BUSY);
    expect(refused.tries).toHaveLength(6);
    expect(refused.pausesMs).toEqual([25, 50, 100, 200, 400]);
    expect(lost.outcome).toBe('unknown');
    expect(lost.tries).toHaveLength(6);
    expect((await transactWith(BUSY, BUSY, BUSY, BUSY, BUSY, 'committed')).outcome).toBe(
      'committed',
    );
  });

  it('fails at once when trying again helps nothing', async () => {
    const broken = new Error('no such table');

    expect(await transactWith(broken)).toMatchObject({ outcome: broken, pausesMs: [] });
    expect((await transactWith(LOST, broken)).outcome).toBe(broken);
  });
});

import { describe, expect, it } from 'vitest';
import { batchDefinition } from '../support/batch-workflow.ts';

interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly MaxAttempts?: number;
  readonly JitterStrategy?: string;
}

const THROTTLED = 'Lambda.TooManyRequestsException';

/** Of all tasks, those of map states included. */
function retriersByTask(): Map<string, readonly Retrier[]> {
  const found = new Map<string, readonly Retrier[]>();
  const visit = (states: object) => {
    for (const [name, state] of Object.entries(states)) {
      if (state.Type === 'Task') found.set(name, state.Retry);
      if (state.Type === 'Map') visit(state.ItemProcessor.States);
    }
  };
  visit(batchDefinition().States);
  return found;
}

/** The mean with full jitter is half of it. */
function longestWaitSec(retrier: Retrier): number {
  const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Infinity } = retrier;
  let sum = 0;
  for (let attempt = 0; attempt < (retrier.MaxAttempts ?? 3); attempt++) {
    sum += Math.min(IntervalSeconds * BackoffRate ** attempt, MaxDelaySeconds);
  }
  return sum;
}

describe('retries of the state machine', () => {
  it('wait about an hour for a function that is free, at each task', () => {
    const tasks = retriersByTask();
    expect(tasks.size).toBe(10);
    for (const retriers of tasks.values()) {
      const [retrier, ...others] = retriers.filter(({ ErrorEquals }) =>
        ErrorEquals.includes(THROTTLED),
      );
      expect(others).toEqual([]);
      expect(retrier.ErrorEquals).toEqual([THROTTLED]);
      expect(retrier).toMatchObject({ MaxDelaySeconds: 60, JitterStrategy: 'FULL' });
      expect(longestWaitSec(retrier) / 2 / 60).toBeGreaterThan(55);
    }
  });

  it('give other errors up within minutes', () => {
    for (const retriers of retriersByTask().values()) {
      const others = retriers.filter(({ ErrorEquals }) => !ErrorEquals.includes(THROTTLED));
      const waits = others.filter(({ MaxAttempts }) => MaxAttempts !== 0).map(longestWaitSec);
      expect(waits).toHaveLength(2);
      for (const waitSec of waits) expect(waitSec).toBeLessThan(180);
    }
  });

  it('come first for a throttled call: the first that names the error counts', () => {
    for (const retriers of retriersByTask().values()) {
      const isNamed = ({ ErrorEquals }: Retrier) =>
        ErrorEquals.includes(THROTTLED) || ErrorEquals.includes('States.ALL');
      expect(retriers.find(isNamed)?.MaxAttempts).toBe(120);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { NO_CANARY } from './canaries.ts';
import { FAULT_NAMES } from './faults.ts';
import { failureText } from './report.ts';
import { simulate } from './simulate.ts';

const FIRST_SEED = 20_260_101;
const SEED_COUNT = 14;
const ALL_FAULTS = { faults: null, canary: null };

async function run(seed: number) {
  return await simulate({ seed, only: null, canary: NO_CANARY });
}

describe('the stream door under faults', () => {
  it('breaks no invariant of the protocol in 14 seeds', { timeout: 120_000 }, async () => {
    const failures: string[] = [];
    const faults = new Set<string>();
    let epochs = 0;
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEED_COUNT; seed++) {
      const result = await run(seed);
      epochs += result.epochs;
      for (const name of result.faults) faults.add(name);
      if (result.failure !== null) failures.push(failureText(result, ALL_FAULTS));
    }

    expect(failures.join('\n')).toBe('');
    expect(epochs).toBeGreaterThan(SEED_COUNT);
    expect([...faults].sort()).toEqual([...FAULT_NAMES].sort());
  });

  it('takes the same way again for the same seed, and another one for another', async () => {
    const [once, again, other] = [await run(7), await run(7), await run(8)];

    expect(again).toEqual(once);
    expect(other.traceHash).not.toBe(once.traceHash);
  });
});

import { describe, expect, it } from 'vitest';
import { CANARIES } from '../simulation/canary-list.ts';
import { simulate } from '../simulation/simulate.ts';

/** Seeds in which a mistake has to show. */
const SEED_COUNT = 150;

/** The invariants of stream protocol §9 that each mistake breaks. */
const CAUGHT_BY: Readonly<Record<keyof typeof CANARIES, readonly string[]>> = {
  'no-version-condition': ['3', '4'],
  'no-dedupe': ['2'],
  'fence-without-entry': ['4'],
  'watermark-before-fences': ['6'],
  'entry-before-segment': ['8'],
  'child-before-seal': ['4'],
  'child-without-claims': ['2'],
  'child-without-floor': ['2'],
  'no-look-at-gap': ['1'],
  'behind-taken-for-idle': ['fence'],
  'cleaned-by-faster-child': ['8'],
  'publish-reading-log': ['7', '10', '11'],
  'blind-current': ['3', '9'],
  'plan-under-old-number': ['10'],
  'capped-plan-with-head': ['3', '6'],
};

describe('a mistake in the protocol', () => {
  for (const [name, canary] of Object.entries(CANARIES)) {
    it(`is caught: ${name}`, { timeout: 120_000 }, async () => {
      let caughtBy: string | null = null;
      for (let seed = 1; seed <= SEED_COUNT && caughtBy === null; seed++) {
        const { failure } = await simulate({ seed, only: null, canary });
        caughtBy = failure?.invariant ?? null;
      }

      expect(CAUGHT_BY[name as keyof typeof CANARIES]).toContain(caughtBy);
    });
  }
});

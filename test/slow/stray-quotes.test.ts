import { expect, it } from 'vitest';
import { storeOf } from '../support/batch-runs.ts';
import { runCut } from '../support/staged-runs.ts';
import {
  expectLinearTime,
  oneStrayQuote,
  sameAsSlowReading,
  strayInTenth,
} from '../support/stray-quotes.ts';

const LIMIT_MS = 850_000;
const LINES = 1_000_000;

it.each([
  ['a stray quote in every tenth', strayInTenth],
  ['one stray quote', oneStrayQuote],
])(
  'a million lines with %s are all counted, in linear time, as a slow reading has them',
  async (_what, file) => {
    const bytes = file(LINES);
    const landing = await storeOf([['orders/a.csv', bytes]]);

    const { manifest } = await runCut(landing, { chunkBytes: 8_000_000, bucketCount: 8 });

    expect(manifest.counts).toMatchObject({ read: LINES, active: LINES });
    expect(manifest.revenue).toBe('1000000.00');
    await sameAsSlowReading(bytes);
    await expectLinearTime(file, LINES / 2);
  },
  LIMIT_MS,
);

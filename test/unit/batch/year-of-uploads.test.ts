import { describe, expect, it } from 'vitest';
import { textTable, withCommas } from '../../../bin/text/text-table.ts';
import { DEFAULT_CONFIG } from '../../../lambdas/shared/model/config.ts';
import { readText } from '../../docs/markdown.ts';
import { DAY_MS, simulateYear, YEAR_MS, type YearOfRuns } from '../../support/year-of-uploads.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

const { quietForMs, maxWaitMs, minIntervalMs, maxRunMs } = DEFAULT_CONFIG.batch;
const settings = { quietForMs, maxWaitMs, minIntervalMs, maxRunMs };

/** Notifications come two seconds later; a call that is due at once is the next event. */
const SLACK_MS = 3 * SECOND_MS;

/** A minute, and a second for each 2,000 files: every run reads all that landing holds. */
const usualRunMs = (fileCount: number) => MINUTE_MS + fileCount / 2;

function times(count: number, atMs: (index: number) => number): number[] {
  return Array.from({ length: count }, (_, index) => atMs(index)).sort((a, b) => a - b);
}

/** Times of a day as if drawn, and the same each time: a linear congruence of 32 bits. */
function drawnTimes(days: number, perDay: number): number[] {
  let drawn = 20_260_101;
  return times(days * perDay, (index) => {
    drawn = (Math.imul(drawn, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(index / perDay) * DAY_MS + Math.floor((drawn / 2 ** 32) * DAY_MS);
  });
}

const HUNDRED_A_DAY = drawnTimes(365, 100);
const STEADY = times(YEAR_MS / (20 * SECOND_MS), (index) => index * 20 * SECOND_MS);
/** Each Monday at two, 10,000 files within a minute. */
const BURSTS = times(
  52 * 10_000,
  (index) => Math.floor(index / 10_000) * 7 * DAY_MS + 2 * HOUR_MS + (index % 10_000) * 6,
);

interface Year {
  readonly name: string;
  readonly uploadsMs: readonly number[];
  readonly runMsOf: (fileCount: number) => number;
}

const YEARS: readonly Year[] = [
  { name: '100 files a day', uploadsMs: HUNDRED_A_DAY, runMsOf: usualRunMs },
  { name: 'a file every 20 s', uploadsMs: STEADY, runMsOf: usualRunMs },
  {
    name: '100 a day, 10,000 at once each week',
    uploadsMs: [...HUNDRED_A_DAY, ...BURSTS].sort((a, b) => a - b),
    runMsOf: usualRunMs,
  },
  { name: 'a file every 20 s, runs of an hour', uploadsMs: STEADY, runMsOf: () => HOUR_MS },
];

const found = YEARS.map((year) => {
  const { uploadsMs, runMsOf } = year;
  return { ...year, result: simulateYear(uploadsMs, settings, runMsOf) };
});

const minutes = (ms: number) => (ms / MINUTE_MS).toFixed(1);

function tableOf(rows: readonly { readonly name: string; readonly result: YearOfRuns }[]): string {
  return textTable(
    [
      { title: 'uploads' },
      { title: 'files', isNumber: true },
      { title: 'runs a day', isNumber: true },
      { title: 'at most', isNumber: true },
      { title: 'wait for a run, min', isNumber: true },
      { title: 'until published, min', isNumber: true },
    ],
    rows.map(({ name, result }) => [
      name,
      withCommas(result.uploads),
      (result.runs / 365).toFixed(1),
      `${result.runsPerDayMax}`,
      minutes(result.startedAfterMsMax),
      minutes(result.publishedAfterMsMax),
    ]),
  );
}

describe.each(found)('a year of uploads, $name', ({ uploadsMs, runMsOf, result }) => {
  const runMs = runMsOf(uploadsMs.length);

  it('ends with every upload read', () => {
    expect(result.uploads).toBe(uploadsMs.length);
  });

  it('lets no upload wait for longer than maxWait, the interval, or a run that is under way', () => {
    const longestMs = Math.max(maxWaitMs, minIntervalMs, runMs) + SLACK_MS;
    expect(result.startedAfterMsMax).toBeLessThanOrEqual(longestMs);
    expect(result.publishedAfterMsMax).toBeLessThanOrEqual(longestMs + runMs);
  });

  it('has no more runs than the interval allows, and no alarm of waiting uploads', () => {
    expect(result.runsPerDayMax).toBeLessThanOrEqual(DAY_MS / minIntervalMs);
    const isUsual = runMs < maxWaitMs;
    const thresholdMs = 2 * Math.max(maxWaitMs, minIntervalMs);
    // Runs of an hour raise it: docs/operations.md, UploadsWait.
    expect(result.startedAfterMsMax <= thresholdMs).toBe(isUsual);
  });
});

it('docs/performance.md has the figures', () => {
  expect(readText('docs/performance.md')).toContain(tableOf(found));
});

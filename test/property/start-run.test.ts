import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { StarterSettings } from '../../lambdas/batch/start-run/decide-start.ts';
import type { EpochMs } from '../../lambdas/shared/model/time.ts';
import { runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';
import {
  type LaunchFault,
  type StarterFaults,
  StarterWorld,
  TICK_EVERY_MS,
  type WorldRun,
} from '../support/starter-world.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DEFAULTS: StarterSettings = {
  quietForMs: 30 * SECOND_MS,
  maxWaitMs: 15 * MINUTE_MS,
  minIntervalMs: 10 * MINUTE_MS,
  maxRunMs: 40 * MINUTE_MS,
};
const settings = fc.constantFrom<StarterSettings>(
  DEFAULTS,
  { ...DEFAULTS, minIntervalMs: 0, maxWaitMs: 2 * MINUTE_MS },
  // Longer than a call can be ordered ahead.
  { ...DEFAULTS, minIntervalMs: 60 * MINUTE_MS, maxWaitMs: 40 * MINUTE_MS },
);
/** Times of notifications are cut to seconds, and their clock may be behind by this. */
const CLOCK_SLACK_MS = 5 * SECOND_MS;

interface Upload {
  /** When it is uploaded, and how long after that it is told, each time. */
  readonly atSec: number;
  readonly toldAfterSec: readonly number[];
  /** By which the clock of the store goes ahead of the starter's; it may be a little behind. */
  readonly aheadSec: number;
}

const toldAfterSec = fc.array(fc.nat(300), { minLength: 1, maxLength: 3 });

const aheadSec = fc.oneof(fc.constant(0), fc.integer({ min: -4, max: 120 }));

const single = fc.array(fc.record({ atSec: fc.nat(8_000), toldAfterSec, aheadSec }), {
  minLength: 1,
  maxLength: 12,
});

/** One after the other, so close that it never gets quiet. */
const steady = fc
  .record({ fromSec: fc.nat(3_000), count: fc.nat(300), everySec: fc.integer({ min: 1, max: 29 }) })
  .map(({ fromSec, count, everySec }) =>
    Array.from({ length: count }, (_, index) => ({
      atSec: fromSec + index * everySec,
      toldAfterSec: [index % 3],
      aheadSec: 0,
    })),
  );

const burst = fc
  .record({ atSec: fc.nat(8_000), count: fc.nat(50), toldAfterSec, aheadSec })
  .map(({ count, ...upload }) => Array.from({ length: count }, () => upload));

const uploads = fc
  .tuple(single, fc.array(fc.oneof(steady, burst), { maxLength: 2 }))
  .map(([some, more]): Upload[] => [...some, ...more.flat()]);

const NO_FAULTS: Omit<StarterFaults, 'runMs'> = {
  launches: ['none'],
  wakes: [true],
  ends: [true],
};

const runMs = fc.array(fc.integer({ min: SECOND_MS, max: DEFAULTS.maxRunMs }), {
  minLength: 1,
  maxLength: 5,
});

const faults = fc.record({
  runMs,
  launches: fc
    .array(fc.constantFrom<LaunchFault>('none', 'not_launched', 'answer_lost'), { maxLength: 5 })
    .map((some): LaunchFault[] => [...some, 'none']),
  wakes: fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
  ends: fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
});

interface Told {
  readonly atMs: number;
  /** By the clock of the store. */
  readonly stampedAtMs: number;
  /** By whichever clock is ahead. */
  readonly latestMs: number;
  /** The first time. */
  readonly toldAtMs: number;
}

async function worldAfter(chosen: StarterSettings, given: readonly Upload[], wrong: StarterFaults) {
  const world = new StarterWorld(chosen, wrong);
  const startMs = world.clock.now();
  const told: Told[] = given.map((upload) => {
    const atMs = startMs + upload.atSec * SECOND_MS;
    const stampedAtMs = atMs + upload.aheadSec * SECOND_MS;
    const times = upload.toldAfterSec.map((sec) => atMs + sec * SECOND_MS);
    for (const time of times) world.at(time, { kind: 'upload', atMs: stampedAtMs as EpochMs });
    const latestMs = Math.max(atMs, stampedAtMs);
    return { atMs, stampedAtMs, latestMs, toldAtMs: Math.min(...times) };
  });
  // Longer than the last upload with all runs that may have to end before it.
  await world.runUntil(startMs + 24 * 60 * MINUTE_MS);
  return { told, runs: [...world.runs.values()], waitsMs: world.waitsMs };
}

/** By what is known of an upload and of the run before, the run that covers it begins by then. */
function latestStart(
  { maxWaitMs, minIntervalMs }: StarterSettings,
  { latestMs, toldAtMs }: Told,
  before: WorldRun | undefined,
): number {
  return Math.max(
    latestMs + maxWaitMs,
    toldAtMs,
    (before?.startedAtMs ?? 0) + minIntervalMs,
    before?.knownOverAtMs ?? 0,
  );
}

function expectInTime(
  chosen: StarterSettings,
  told: readonly Told[],
  all: readonly WorldRun[],
  slackMs: number,
): void {
  for (const upload of told) {
    const index = all.findIndex(({ startedAtMs }) => startedAtMs >= upload.atMs);
    // Every upload is covered.
    expect(index).toBeGreaterThanOrEqual(0);
    const latestMs = latestStart(chosen, upload, all[index - 1]) + slackMs;
    expect(all[index].startedAtMs).toBeLessThanOrEqual(latestMs);
  }
}

function expectApart(
  { minIntervalMs }: StarterSettings,
  told: readonly Told[],
  all: readonly WorldRun[],
): void {
  all.slice(1).forEach((run, index) => {
    const before = all[index];
    expect(run.beganAtMs).toBeGreaterThanOrEqual(before.endedAtMs);
    expect(run.startedAtMs - before.startedAtMs).toBeGreaterThanOrEqual(minIntervalMs);
    // Something came since the run before.
    const isWanted = told.some(
      ({ atMs, latestMs }) =>
        latestMs > before.startedAtMs - CLOCK_SLACK_MS && atMs <= run.startedAtMs,
    );
    expect(isWanted).toBe(true);
  });
}

it('runs after every upload, in time, one run at a time, apart from each other, and never for nothing', async () => {
  await fc.assert(
    fc.asyncProperty(settings, uploads, runMs, async (chosen, given, took) => {
      const { told, runs: all } = await worldAfter(chosen, given, { ...NO_FAULTS, runMs: took });

      expectInTime(chosen, told, all, 0);
      expectApart(chosen, told, all);
    }),
    { seed, ...runs(100) },
  );
});

it('holds to it when launches fail, when answers, calls and ends of runs get lost', async () => {
  await fc.assert(
    fc.asyncProperty(settings, uploads, faults, async (chosen, given, wrong) => {
      const { told, runs: all } = await worldAfter(chosen, given, wrong);

      expectInTime(chosen, told, all, TICK_EVERY_MS);
      expectApart(chosen, told, all);
    }),
    { seed, ...runs(100) },
  );
});

it('never tells of a wait that is longer than an upload waited', async () => {
  await fc.assert(
    fc.asyncProperty(settings, uploads, runMs, async (chosen, given, took) => {
      const {
        told,
        runs: all,
        waitsMs,
      } = await worldAfter(chosen, given, { ...NO_FAULTS, runMs: took });

      const waited = told.map(({ atMs, stampedAtMs, latestMs }) => {
        const run = all.find(({ startedAtMs }) => startedAtMs >= atMs) as WorldRun;
        // A duplicate of what a run has listed within the clock's slack counts once more.
        const again = all.find(({ startedAtMs }) => startedAtMs >= latestMs + CLOCK_SLACK_MS);
        return Math.max(run.startedAtMs, again?.startedAtMs ?? 0) - Math.min(atMs, stampedAtMs);
      });
      const longestMs = waitsMs.reduce((a, b) => Math.max(a, b), 0);
      expect(longestMs).toBeLessThanOrEqual(Math.max(...waited));
    }),
    { seed, ...runs(50) },
  );
});

import { describe, expect, it } from 'vitest';
import {
  removeOldRuns,
  runStartedAtMs,
} from '../../../../lambdas/batch/publish-run/remove-old-runs.ts';
import type { ObjectStore } from '../../../../lambdas/shared/ports/object-store.ts';
import { configOf, keysOf, runOver, storeOf } from '../../../support/batch-runs.ts';
import { batchHost, batchSteps, executeBatch } from '../../../support/batch-steps.ts';
import { hookedStore } from '../../../support/hooked-store.ts';
import { MemoryObjectStore } from '../../../support/memory/memory-object-store.ts';
import { VirtualClock } from '../../../support/memory/virtual-clock.ts';
import { SMALL_LANDING } from '../../../support/small-landing.ts';

const DAY_MS = 86_400_000;

const runsIn = async (lake: ObjectStore, prefix = '') =>
  new Set(
    (await keysOf(lake, prefix)).flatMap((key) => key.match(/\d{8}T\d{6}Z-[0-9a-f]{8}/) ?? []),
  );

describe('old runs', () => {
  it('go after their time, but never the last two', async () => {
    const clock = new VirtualClock(Date.UTC(2026, 0, 1));
    const lake = new MemoryObjectStore();
    const run = async () => (await runOver(SMALL_LANDING, { lake, clock })).runId;
    const first = await run();
    await clock.advance(6 * DAY_MS);
    const second = await run();
    await clock.advance(DAY_MS + 1_000);
    const third = await run();
    expect(await runsIn(lake)).toEqual(new Set([second, third]));
    expect(first).toMatch(/^20260101T000000Z-/);

    await clock.advance(1000 * DAY_MS);
    const fourth = await run();
    expect(await runsIn(lake)).toEqual(new Set([third, fourth]));
  });

  it('take with them what dead runs of their time left', async () => {
    const clock = new VirtualClock(Date.UTC(2026, 0, 10));
    const lake = new MemoryObjectStore();
    const dead = '20260101T000000Z-00000000';
    const young = '20260109T000000Z-00000000';
    for (const runId of [dead, young, 'of-somebody-else']) {
      await lake.put(`work/${runId}/exchange/0-0.bin`, new Uint8Array(1));
      await lake.put(`tables/batch/orders/run=${runId}/part-0000-0.parquet`, new Uint8Array(1));
    }

    const { runId } = await runOver(SMALL_LANDING, { lake, clock });

    expect(await runsIn(lake)).toEqual(new Set([young, runId]));
    expect((await keysOf(lake)).filter((key) => key.includes('somebody'))).toHaveLength(2);
  });

  it('take with them the plans of runs that were killed before they wrote anything else', async () => {
    const clock = new VirtualClock(Date.UTC(2026, 0, 10));
    const lake = new MemoryObjectStore();
    const dead = '20260101T000000Z-00000000';
    const young = '20260109T000000Z-00000000';
    for (const runId of [dead, young, 'of-somebody-else']) {
      await lake.put(`state/batch/plans/${runId}.json`, Buffer.from('{}'));
    }

    const { runId } = await runOver(SMALL_LANDING, { lake, clock });

    expect(await keysOf(lake, 'state/batch/plans/')).toEqual([
      `state/batch/plans/${young}.json`,
      `state/batch/plans/${runId}.json`,
      'state/batch/plans/of-somebody-else.json',
    ]);
  });
});

describe('the step that publishes', () => {
  const OLDER = '20251230T120000Z-00000001';
  const OLD = '20260101T120000Z-00000002';

  async function lakeWithRuns(...leftovers: string[]) {
    const landing = await storeOf(SMALL_LANDING);
    const lake = new MemoryObjectStore();
    const steps = batchSteps(batchHost({ landing, lake }, configOf()));
    for (const runId of [OLDER, OLD]) await executeBatch(steps, runId);
    for (const runId of leftovers) {
      await lake.put(`tables/batch/orders/run=${runId}/a`, new Uint8Array(1));
      await lake.put(`tables/batch/orders/run=${runId}/b`, new Uint8Array(1));
    }
    return { lake, steps };
  }

  it('removes what is older than the time to keep, but not the run before', async () => {
    const just = '20260124T120000Z-00000003';
    const gone = '20260124T115959Z-00000004';
    const { lake, steps } = await lakeWithRuns(just, gone);
    const runId = '20260131T120000Z-00000005';

    const { status } = await executeBatch(steps, runId);

    expect(status).toBe('SUCCEEDED');
    expect(await runsIn(lake, 'tables/batch/orders/')).toEqual(new Set([OLD, just, runId]));
    expect(await runsIn(lake, 'manifests/batch/2')).toEqual(new Set([OLD, runId]));
    expect(await runsIn(lake, 'state/batch/plans/')).toEqual(new Set([OLD, runId]));
  });

  it('counts from now where the id of the run tells no time', async () => {
    const just = '20260124T120000Z-00000003';
    const gone = '20260124T115959Z-00000004';
    const { lake, steps } = await lakeWithRuns(just, gone);

    await executeBatch(steps, 'by-hand');

    expect(await runsIn(lake, 'tables/batch/orders/')).toEqual(new Set([OLD, just]));
  });
});

it('removes the manifest of a run before its files, and knows which by names alone', async () => {
  const lake = new MemoryObjectStore();
  const dead = '20260101T000000Z-00000000';
  const kept = '20260101T000000Z-00000001';
  const keys = (runId: string) => [
    `manifests/batch/${runId}.json`,
    `state/batch/plans/${runId}.json`,
    `tables/batch/daily_revenue/run=${runId}/part-0000.parquet`,
    `tables/batch/orders/run=${runId}/day=2026-01-01/part-0000-0.parquet`,
    `tables/batch/orders/run=${runId}/day=2026-01-02/part-0000-0.parquet`,
    `work/${runId}/exchange/0-0.bin`,
  ];
  for (const key of [...keys(dead), ...keys(kept)]) await lake.put(key, new Uint8Array(1));
  const deleted: string[][] = [];
  const watched: ObjectStore = {
    ...hookedStore(lake, () => undefined),
    delete: async (names) => {
      deleted.push([...names].sort());
      await lake.delete(names);
    },
  };

  await removeOldRuns(watched, { beforeMs: Date.UTC(2026, 0, 2), keep: [kept] });

  expect(deleted).toEqual([keys(dead).slice(0, 2), keys(dead).slice(2)]);
  expect(await keysOf(lake)).toEqual(keys(kept));
});

it('reads from the id of a run when it was started', () => {
  expect(runStartedAtMs('20260228T235901Z-0123abcf')).toBe(Date.UTC(2026, 1, 28, 23, 59, 1));
  const others = [
    'x20260228T235901Z-0123abcf',
    '20260228T235901Z-0123abcfx',
    '20260228T235901Z-0123abc',
    '20260228T235901Z-0123abcg',
    '2026022T235901Z-0123abcf',
    '20260228235901Z-0123abcf',
    '',
  ];
  expect(others.map(runStartedAtMs)).toEqual(others.map(() => null));
});

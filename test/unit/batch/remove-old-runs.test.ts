import { describe, expect, it } from 'vitest';
import { MemoryObjectStore } from '../../../lambdas/shared/adapters/memory/memory-object-store.ts';
import { VirtualClock } from '../../../lambdas/shared/adapters/memory/virtual-clock.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { keysOf, runOver } from '../../support/batch-runs.ts';
import { SMALL_LANDING } from '../../support/small-landing.ts';

const DAY_MS = 86_400_000;

describe('old runs', () => {
  const runsIn = async (lake: ObjectStore) =>
    new Set((await keysOf(lake)).flatMap((key) => key.match(/\d{8}T\d{6}Z-[0-9a-f]{8}/) ?? []));

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

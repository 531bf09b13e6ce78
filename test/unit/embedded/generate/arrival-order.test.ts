import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../../../lambdas/shared/model/config.ts';
import { ArrivalOrder } from '../../../../lib/embedded/generate/arrival-order.ts';

import { runs } from '../../../support/runs.ts';
import { seed } from '../../../support/seed.ts';

type GenerateConfig = typeof DEFAULT_CONFIG.generate;

const arrivalsOf = (orderCount: number, overrides: Partial<GenerateConfig> = {}, seed = 42) => {
  const config = { ...DEFAULT_CONFIG.generate, ...overrides };
  const arrivals = new ArrivalOrder({ orderCount, seed, config });
  while (!arrivals.measure(1_000)) expect(arrivals.rowCount).toBeLessThan(2 * orderCount);
  const rows: { orderIndex: number; eventSec: number }[] = [];
  while (arrivals.next()) {
    rows.push({ orderIndex: arrivals.orderIndex, eventSec: arrivals.eventSec });
  }
  return { rows, rowCount: arrivals.rowCount };
};

const CALM = { disorderRate: 0, duplicateRate: 0 };

describe('ArrivalOrder', () => {
  it('brings each order once where nothing is sent twice, numbered by event time', () => {
    const { rows, rowCount } = arrivalsOf(5_000, { ...CALM, disorderRate: 0.5 });
    expect(rowCount).toBe(5_000);
    expect(rows).toHaveLength(5_000);
    const byIndex = rows.toSorted((a, b) => a.orderIndex - b.orderIndex);
    expect(byIndex.every((row, index) => row.orderIndex === index)).toBe(true);
    expect(byIndex.every((row, index) => row.eventSec >= (byIndex[index - 1]?.eventSec ?? 0))).toBe(
      true,
    );
  });

  it('is in order of event time where nothing is late', () => {
    const { rows } = arrivalsOf(5_000, CALM);
    expect(rows.every((row, index) => row.orderIndex === index)).toBe(true);
  });

  it('ends with the row count it announces', () => {
    const { rows, rowCount } = arrivalsOf(20_000);
    expect(rows).toHaveLength(rowCount);
    // 2 % of 20,000, five standard deviations of 20 around.
    expect(Math.abs(rowCount - 20_400)).toBeLessThan(100);
  });

  it('sends copies 10 to 300 s later and puts each where it arrives', () => {
    const { rows } = arrivalsOf(2_000, { disorderRate: 0, duplicateRate: 1 });
    expect(rows).toHaveLength(4_000);
    expect(rows.every((row, i) => row.eventSec >= (rows[i - 1]?.eventSec ?? 0))).toBe(true);

    const firstSec = new Map<number, number>();
    const delays: number[] = [];
    for (const { orderIndex, eventSec } of rows) {
      const first = firstSec.get(orderIndex);
      if (first === undefined) firstSec.set(orderIndex, eventSec);
      else delays.push(eventSec - first);
    }
    expect(delays).toHaveLength(2_000);
    expect([Math.min(...delays), Math.max(...delays)]).toEqual([10, 300]);
  });

  it('lets no order arrive more than an hour late or a minute early', () => {
    const { rows } = arrivalsOf(50_000, { duplicateRate: 0 });
    let latestSec = 0;
    let disorderedCount = 0;
    let largestStepBack = 0;
    for (const { eventSec } of rows) {
      if (eventSec < latestSec) disorderedCount++;
      largestStepBack = Math.max(largestStepBack, latestSec - eventSec);
      latestSec = Math.max(latestSec, eventSec);
    }
    // Up to 60 min late, behind one that came up to 1 min early.
    expect(largestStepBack).toBeGreaterThan(3_000);
    expect(largestStepBack).toBeLessThanOrEqual(3_660);
    // 5 % are moved, nearly all of them past another one at this density.
    expect(disorderedCount / rows.length).toBeGreaterThan(0.04);
    expect(disorderedCount / rows.length).toBeLessThan(0.07);
  });

  it('spreads event times evenly over all days', () => {
    const { rows } = arrivalsOf(31_000, CALM);
    const perDay = new Array<number>(31).fill(0);
    for (const { eventSec } of rows) {
      const day = Math.floor(eventSec / 86_400);
      perDay[day] = (perDay[day] ?? 0) + 1;
    }
    // 1,000 ± 5 standard deviations of 31.
    expect(Math.min(...perDay)).toBeGreaterThan(845);
    expect(Math.max(...perDay)).toBeLessThan(1_155);
  });

  it.each([1, 2, 3])('brings all of very few orders (%i)', (orderCount) => {
    const { rows } = arrivalsOf(orderCount, { duplicateRate: 1, disorderRate: 1 });
    expect(rows).toHaveLength(2 * orderCount);
  });

  it('keeps many orders of one second in order of event', () => {
    const oneDay = { from: '2026-01-01', to: '2026-01-01' };
    const { rows } = arrivalsOf(200_000, { ...CALM, ...oneDay });
    expect(rows.every((row, index) => row.orderIndex === index)).toBe(true);
  });

  it('never loses an order, whatever the config', () => {
    const rates = fc.constantFrom(0, 0.1, 1);
    const overrides = fc.record({
      disorderRate: rates,
      duplicateRate: rates,
      disorderEarlyMaxMs: fc.constantFrom(0, 999, 60_000, 86_400_000),
      disorderLateMaxMs: fc.constantFrom(0, 1_000, 3_600_000, 86_400_000),
      duplicateDelayMinMs: fc.constantFrom(1_000, 1_500, 10_000),
      duplicateDelayMaxMs: fc.constantFrom(10_000, 86_400_000),
      to: fc.constantFrom('2026-01-01', '2026-01-31', '2199-12-31'),
    });
    fc.assert(
      fc.property(overrides, fc.integer({ min: 1, max: 400 }), fc.nat(), (config, count, draw) => {
        const { rows, rowCount } = arrivalsOf(count, config, draw);
        expect(rows).toHaveLength(rowCount);
        const rowsOf = new Array<number>(count).fill(0);
        for (const { orderIndex } of rows) rowsOf[orderIndex] = (rowsOf[orderIndex] ?? 0) + 1;
        expect(rowsOf.filter((rowsOfOrder) => rowsOfOrder < 1 || rowsOfOrder > 2)).toEqual([]);
      }),
      { seed, ...runs(100) },
    );
  });
});

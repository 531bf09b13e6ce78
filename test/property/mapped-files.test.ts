import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Outcome, outcomeOf, storeOf } from '../support/batch-runs.ts';
import type { TableRow } from '../support/lake-tables.ts';
import { formAndOrders } from '../support/mapped-case.ts';
import { mappedFile, mappingOf, ownFile, ownMappingOf } from '../support/mapped-writer.ts';
import { LIMIT_MS, runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';
import { runCut } from '../support/staged-runs.ts';

/** A mapped file says what the same values say in Tandem's own form (contract §1.3). */

const cutting = fc.record({
  pieces: fc.integer({ min: 1, max: 20 }),
  bucketCount: fc.integer({ min: 1, max: 3 }),
  rangeCount: fc.integer({ min: 1, max: 3 }),
  exchangeBytes: fc.constantFrom(2 ** 30, 2_048),
  rowGroupRows: fc.integer({ min: 1, max: 12 }),
  keep: fc.constantFrom('first' as const, 'last' as const),
});

/** What the texts of two forms have in common. */
function meaningOf(outcome: Outcome) {
  if (outcome.failure !== null) return outcome;
  const { counts, issues, revenue, rejected_files, joins } = outcome.manifest;
  const { quarantine, ...tables } = outcome.tables;
  const others = Object.entries(tables).map(([name, rows]) => [name, rows.map(withoutPosition)]);
  const found = quarantine.map((row) => row.issues);
  return { counts, issues, revenue, rejected_files, joins, tables: others, quarantine: found };
}

function withoutPosition(row: TableRow) {
  return Object.entries(row).filter(([name]) => !name.includes('source'));
}

it(
  'reads a mapped file as the same values in the own form, however it is cut',
  async () => {
    let counted = 0;
    const law = fc.asyncProperty(formAndOrders, cutting, async ({ form, orders }, cut) => {
      const { pieces, ...others } = cut;
      const half = Math.ceil(orders.length / 2);
      const parts = [orders.slice(0, half), orders.slice(half)].filter((part) => part.length > 0);
      const key = (at: number) => `orders/shop/${at}.txt`;
      const mapped = parts.map((part, at) => [key(at), mappedFile(form, part)] as const);
      const own = parts.map((part, at) => [key(at), ownFile(form, part)] as const);
      const match = 'orders/shop/*';
      const limits = { ...others, maxQuarantined: 1 };
      const chunkBytes = Math.ceil(mapped[0][1].length / pieces);

      const found = await outcomeOf(async () =>
        runCut(await storeOf(mapped), {
          ...limits,
          chunkBytes,
          config: { input: [mappingOf(form, match)] },
        }),
      );
      const wanted = await outcomeOf(async () =>
        runCut(await storeOf(own), { ...limits, config: { input: ownMappingOf(form, match) } }),
      );

      expect(meaningOf(found)).toEqual(meaningOf(wanted));
      if (wanted.failure === null) counted += wanted.tables.orders.length;
    });

    await fc.assert(law, { seed, ...runs(150) });

    expect(counted).toBeGreaterThan(0);
  },
  LIMIT_MS,
);

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MAX_QUANTITY, STATUSES } from '../../lambdas/shared/model/order.ts';
import { createPublishMemory } from '../../lambdas/stream/publish/shard/publish-memory.ts';
import { ordersCsv, storeOf } from '../support/batch-runs.ts';
import { anEvent, EpochLake } from '../support/epoch-lake.ts';
import { readStreamTables, readTables, type Tables } from '../support/lake-tables.ts';
import { decimalText } from '../support/oracle/text.ts';
import { lineRules } from '../support/record-rules.ts';
import { runByRules } from '../support/ruled-runs.ts';
import { runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';

/**
 * Amounts per line (contract §1.3): both doors keep them to the cent, in rows and in sums, however
 * they are cut.
 */

const ROW_GROUP_ROWS = 5;
const memory = createPublishMemory(lineRules, ROW_GROUP_ROWS);

interface Line {
  readonly product: string;
  readonly minute: number;
  readonly quantity: number;
  readonly amountCents: number;
  readonly status: (typeof STATUSES)[number];
}

const quantity = fc.oneof(
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: MAX_QUANTITY }),
);
/** Price and total within their limits. */
const amountOf = (pieces: number) => {
  const max = Math.min(pieces * 9_999_999_999, 100_000_000_000);
  return fc.oneof(fc.nat(2_000), fc.nat(max), fc.constant(max));
};
const line: fc.Arbitrary<Line> = quantity.chain((pieces) =>
  fc.record({
    product: fc.constantFrom('p1', 'p2', 'ß'),
    minute: fc.nat(3 * 24 * 60 - 1),
    quantity: fc.constant(pieces),
    amountCents: amountOf(pieces),
    status: fc.constantFrom(...STATUSES),
  }),
);

const cutting = fc.record({
  bucketCount: fc.integer({ min: 1, max: 3 }),
  chunkBytes: fc.constantFrom(200, 2 ** 30),
  exchangeBytes: fc.constantFrom(0, 2 ** 30),
  waveBytes: fc.constantFrom(1, 2 ** 30),
  rowGroupRows: fc.constantFrom(2, 1_000),
});

const timeOf = ({ minute }: Line) => new Date(Date.UTC(2026, 0, 5) + minute * 60_000);
const textOf = ({ amountCents }: Line) => decimalText(BigInt(amountCents));

async function batchTables(lines: readonly Line[], cut: Parameters<typeof runByRules>[2]) {
  const rows = lines.map((drawn, index) =>
    [
      ...[`o${index}`, 'c1', drawn.product, timeOf(drawn).toISOString()],
      ...[drawn.quantity, textOf(drawn), drawn.status],
    ].join(),
  );
  const landing = await storeOf([['orders/a.csv', ordersCsv(rows)]]);
  const { manifest, lake } = await runByRules(landing, lineRules, cut);
  return { tables: await readTables(lake, manifest), revenue: manifest.revenue };
}

/** In two epochs. */
async function streamTables(lines: readonly Line[]) {
  const epochs = new EpochLake({ rowGroupRows: ROW_GROUP_ROWS, memory });
  epochs.addShard('s1');
  const records = lines.map((drawn, index) => ({
    sequenceNumber: `${index + 1}`,
    data: anEvent({
      ...{ order_id: `o${index}`, product_id: drawn.product, status: drawn.status },
      ...{ order_timestamp: timeOf(drawn).toISOString(), quantity: drawn.quantity },
      price: textOf(drawn),
    }),
    outcome: drawn.status === 'cancelled' ? ('cancelled' as const) : ('active' as const),
  }));
  const half = Math.ceil(records.length / 2);
  await epochs.append('s1', records.slice(0, half));
  await epochs.publishNext(null);
  await epochs.append('s1', records.slice(half));
  const manifest = await epochs.publishNext(Date.UTC(2027, 0, 1));
  return { tables: await readStreamTables(epochs.lake, manifest), revenue: manifest.revenue };
}

/** Sums of the amounts of active lines by `keyOf`, as the tables hold them. */
function sumsBy(lines: readonly Line[], keyOf: (drawn: Line) => string) {
  const sums = new Map<string, bigint>();
  for (const drawn of lines) {
    if (drawn.status === 'cancelled') continue;
    sums.set(keyOf(drawn), (sums.get(keyOf(drawn)) ?? 0n) + BigInt(drawn.amountCents));
  }
  return Object.fromEntries([...sums].map(([key, cents]) => [key, decimalText(cents)]));
}

function expectAmounts(lines: readonly Line[], tables: Tables): void {
  const amounts = (name: string) =>
    Object.fromEntries(tables[name].map((row) => [row.order_id, row.total_amount]));
  const rows = lines.map((drawn, index) => [`o${index}`, textOf(drawn), drawn.status] as const);
  const ofRows = (isActive: boolean) =>
    Object.fromEntries(rows.filter(([, , status]) => (status !== 'cancelled') === isActive));
  expect(amounts('orders')).toEqual(ofRows(true));
  expect(amounts('cancelled')).toEqual(ofRows(false));

  const revenue = (name: string, keyOf: (row: Tables[string][number]) => unknown) =>
    Object.fromEntries(tables[name].map((row) => [keyOf(row), row.total_revenue]));
  const byProduct = sumsBy(lines, ({ product }) => product);
  expect(revenue('product_revenue', (row) => row.product_id)).toEqual(byProduct);
  expect(revenue('daily_revenue', (row) => row.order_date)).toEqual(
    sumsBy(lines, (drawn) => timeOf(drawn).toISOString().slice(0, 10)),
  );
  expect(revenue('hourly_revenue', (row) => row.hour_of_day)).toEqual(
    sumsBy(lines, (drawn) => String(timeOf(drawn).getUTCHours())),
  );
}

it('are the totals of rows and of sums, to the cent, in both doors', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { minLength: 1, maxLength: 14 }),
      cutting,
      async (lines, cut) => {
        const batch = await batchTables(lines, cut);
        const stream = await streamTables(lines);

        expectAmounts(lines, batch.tables);
        expectAmounts(lines, stream.tables);
        const total = sumsBy(lines, () => 'all').all ?? '0.00';
        expect([batch.revenue, stream.revenue]).toEqual([total, total]);
        for (const table of [
          'window_revenue',
          'product_revenue',
          'daily_revenue',
          'top_products',
        ]) {
          expect(stream.tables[table]).toEqual(batch.tables[table]);
        }
      },
    ),
    { seed, ...runs(60) },
  );
});

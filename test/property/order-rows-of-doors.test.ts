import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BlockEncoder } from '../../lambdas/batch/exchange/block-encoder.ts';
import { BucketRows } from '../../lambdas/batch/reduce-bucket/bucket-rows.ts';
import { type NamedColumns, textValues } from '../../lambdas/shared/bytes/column-data.ts';
import { Dimension } from '../../lambdas/shared/dimensions/joined-dimension.ts';
import { OrderColumns } from '../../lambdas/shared/ingest/order-columns.ts';
import { EventParser } from '../../lambdas/shared/ingest/parse-events.ts';
import { ownRules } from '../../lambdas/shared/ingest/record-rules.ts';
import { KernelArena } from '../../lambdas/shared/kernels/kernel-arena.ts';
import { KernelMemory } from '../../lambdas/shared/kernels/kernel-memory.ts';
import { DEFAULT_CONFIG } from '../../lambdas/shared/model/config.ts';
import { CUSTOMER, MAX_QUANTITY, PRODUCT, STATUSES } from '../../lambdas/shared/model/order.ts';
import { tableOf } from '../../lambdas/shared/model/tables.ts';
import { type EpochMs, MAX_INSTANT_MS } from '../../lambdas/shared/model/time.ts';
import { ParquetWriter } from '../../lambdas/shared/parquet/writer.ts';
import { OrderRows } from '../../lambdas/shared/rows/order-rows.ts';
import type { RowSource } from '../../lambdas/shared/rows/row-source.ts';
import { createRowsKernel } from '../../lambdas/shared/rows/rows-kernel.ts';
import type { Outcome } from '../../lambdas/shared/rules/outcome.ts';
import { RecordChunk } from '../../lambdas/stream/publish/shard/record-chunk.ts';
import { valuesByName } from '../support/column-values.ts';
import { COMPACT } from '../support/parquet-data.ts';
import { lineRules } from '../support/record-rules.ts';
import { runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';

const CAPACITY = 64;

interface Order {
  readonly id: string;
  readonly customer: string;
  readonly product: string;
  readonly timeMs: number;
  readonly quantity: number;
  /** What stands in the column of prices: of a piece, or of the line. */
  readonly amountCents: number;
  readonly status: (typeof STATUSES)[number];
}

const id = fc.constantFrom('a', 'ab', 'abcdefghijklmnop', 'ß€😀', 'x'.repeat(128));
const keyOf = (prefix: string) =>
  fc.oneof(
    id,
    fc.nat(300).map((number) => `${prefix}${number}`),
  );
/** On both sides of every width in which a slice may hold a number. */
const from1To = (max: number) => {
  const edges = [1, 0xff, 0x100, 0xffff, 0x1_0000, 0xffff_ffff, 0x1_0000_0000, max];
  const range = fc.integer({ min: 1, max });
  return fc.oneof(range, fc.constantFrom(...edges.filter((edge) => edge <= max)));
};
const order: fc.Arbitrary<Order> = fc.record({
  id: fc.oneof(id, fc.nat().map(String)),
  customer: keyOf('c'),
  product: keyOf('p'),
  timeMs: fc.oneof(from1To(2 ** 33), from1To(MAX_INSTANT_MS), fc.constantFrom(0, MAX_INSTANT_MS)),
  quantity: fc.oneof(from1To(10), from1To(MAX_QUANTITY)),
  // Totals stay below the limit.
  amountCents: fc.oneof(fc.nat(300), fc.nat(1_000_000)),
  status: fc.constantFrom(...STATUSES),
});
/** Neither of them becomes a row of a table of orders, but both stand between those that do. */
const badEvent = fc.constantFrom('', 'no JSON', '{"order_id":"bad"}');
const record = fc.oneof({ weight: 6, arbitrary: order }, { weight: 1, arbitrary: badEvent });

function eventOf(drawn: Order | string): Uint8Array {
  if (typeof drawn === 'string') return Buffer.from(drawn);
  const event = {
    order_id: drawn.id,
    customer_id: drawn.customer,
    product_id: drawn.product,
    order_timestamp: new Date(drawn.timeMs).toISOString(),
    quantity: drawn.quantity,
    price: (drawn.amountCents / 100).toFixed(2),
    status: drawn.status,
  };
  return Buffer.from(JSON.stringify(event));
}

const memory = KernelMemory.create();
const arena = new KernelArena(memory);
const picked = new OrderRows(CAPACITY, memory, createRowsKernel(memory));
const chunk = new RecordChunk(CAPACITY, memory);
const encoder = new BlockEncoder(1, memory);
const parsers = {
  piece: new EventParser(ownRules(DEFAULT_CONFIG.rules.statuses)),
  line: new EventParser(lineRules),
};
type PricePer = keyof typeof parsers;

/** As batch holds the records of these blocks: valid ones in slices of the exchange. */
async function bucketOf(
  blocks: readonly (readonly Uint8Array[])[],
  per: PricePer,
): Promise<BucketRows> {
  const bucket = new BucketRows(arena);
  for (const [sourceIndex, events] of blocks.entries()) {
    const columns = new OrderColumns(CAPACITY);
    parsers[per].parse(events, 0, events.length, columns);
    await encoder.encode(columns, {
      allocate: (sizeBytes) => memory.bytes(arena.take(sizeBytes + 16), sizeBytes),
      keep: async (bytes) => bucket.add({ sourceIndex, bytes }),
    });
  }
  return bucket;
}

/** As the stream holds the same records: all in one chunk. */
function chunkOf(drawn: readonly (Order | string)[], per: PricePer): RecordChunk {
  const events = drawn.map(eventOf);
  chunk.clear();
  const outcomeOf = (record: Order | string): Outcome => {
    if (typeof record === 'string') return 'quarantined';
    return record.status === 'cancelled' ? 'cancelled' : 'active';
  };
  const records = drawn.map((value, index) => ({
    record: {
      ...{ sequenceNumber: `${index}`, partitionKey: 'k', arrivalTimeMs: 0 as EpochMs },
      data: events[index],
    },
    outcome: outcomeOf(value),
    watermarkMs: null,
  }));
  chunk.add(records, events, { from: 0, to: events.length, source: 's', parser: parsers[per] });
  return chunk;
}

/** Of every other customer and product, and of some rows without a value. */
function dimensionOf(prefix: string, names: readonly string[], numbers: readonly string[]) {
  const keys = Array.from({ length: 150 }, (_, row) => `${prefix}${row * 2}`);
  const codeOfRow = Int32Array.from(keys, (_, row) => (row % 3) - 1);
  return new Dimension({
    keys: textValues(keys),
    columns: [
      ...names.map((name) => ({ name, values: textValues(['one', 'two']), codeOfRow })),
      ...numbers.map((name) => {
        const values = name === 'list_price' ? Float64Array.of(5, 7) : Int32Array.of(5, 7);
        return { name, values, codeOfRow };
      }),
    ],
  });
}

const customers = dimensionOf(
  'c',
  ['customer_name', 'customer_email', 'customer_segment'],
  ['registration_date'],
);
const products = dimensionOf('p', ['product_name', 'category', 'brand'], ['list_price']);

/** All columns of `orders` that do not say where a row was read. */
function columnsOf(source: RowSource, rows: Uint32Array): NamedColumns {
  const { dictionaries } = source;
  picked.pick(source, rows);
  return {
    ...picked.columns(source),
    ...picked.joinedColumns({
      ...{ customers, customerRow: customers.rowsOf(dictionaries[CUSTOMER]) },
      ...{ products, productRow: products.rowsOf(dictionaries[PRODUCT]) },
    }),
  };
}

const TABLE = tableOf('batch', 'orders').columns.filter(({ name }) => !name.startsWith('source'));

function fileOf(columns: NamedColumns, rowCount: number): Buffer {
  const writer = new ParquetWriter(TABLE, COMPACT);
  const group = Buffer.from(writer.writeRowGroup({ rowCount, columns }));
  return Buffer.concat([group, writer.finish()]);
}

/** Half to even, in whole numbers. */
function pricePerPiece(amount: bigint, quantity: bigint): bigint {
  const below = amount / quantity;
  const twice = (amount - below * quantity) * 2n;
  const isUp = twice > quantity || (twice === quantity && below % 2n === 1n);
  return isUp ? below + 1n : below;
}

function expectedOf(orders: readonly Order[], per: PricePer) {
  const isLine = per === 'line';
  const of = <T>(value: (order: Order) => T) => orders.map(value);
  return {
    order_id: of((drawn) => drawn.id),
    customer_id: of(({ customer }) => customer),
    product_id: of(({ product }) => product),
    order_timestamp: of(({ timeMs }) => timeMs),
    quantity: of(({ quantity }) => quantity),
    price: of(({ quantity, amountCents }) =>
      isLine ? Number(pricePerPiece(BigInt(amountCents), BigInt(quantity))) : amountCents,
    ),
    status: of(({ status }) => status),
    order_date: of(({ timeMs }) => Math.floor(timeMs / 86_400_000)),
    order_day_of_week: of(({ timeMs }) => new Date(timeMs).getUTCDay() + 1),
    hour_of_day: of(({ timeMs }) => new Date(timeMs).getUTCHours()),
    total_amount: of(({ quantity, amountCents }) => amountCents * (isLine ? 1 : quantity)),
  };
}

it.each(['piece', 'line'] as const)(
  'gives the same columns and bytes from either door, priced per %s',
  async (per) => {
    const blocks = fc.array(fc.array(record, { maxLength: 12 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(blocks, fc.func(fc.boolean()), async (drawn, isPicked) => {
        arena.reset();
        const records = drawn.flat();
        const wanted = [...records.keys()].filter(
          (row) => typeof records[row] !== 'string' && isPicked(row),
        );
        // Slices hold valid records alone.
        const valid = [...records.keys()].filter((row) => typeof records[row] !== 'string');
        const inBucket = Uint32Array.from(wanted, (row) => valid.indexOf(row));
        const bucket = await bucketOf(
          drawn.map((block) => block.map(eventOf)),
          per,
        );
        const stream = chunkOf(records, per);

        const orders = wanted.map((row) => records[row] as Order);
        const ofBatch = columnsOf(bucket, inBucket);
        const [values, file] = [
          valuesByName(ofBatch, wanted.length),
          fileOf(ofBatch, wanted.length),
        ];
        const ofStream = columnsOf(stream, Uint32Array.from(wanted));

        expect(bucket.rowCount).toBe(valid.length);
        expect(values).toMatchObject(expectedOf(orders, per));
        expect(valuesByName(ofStream, wanted.length)).toEqual(values);
        expect(fileOf(ofStream, wanted.length)).toEqual(file);
        expect(Object.keys(ofStream)).toEqual(TABLE.map(({ name }) => name));
      }),
      { seed, ...runs(100) },
    );
  },
);

import { REPORT_COLUMNS } from '../../lambdas/shared/model/report-columns.ts';
import { checkedSource } from '../../lambdas/shared/parquet/checked-file.ts';
import { readRows } from '../../lambdas/shared/parquet/reader.ts';
import { rowGroupOf } from '../../lambdas/shared/parquet/row-values.ts';
import { ParquetWriter } from '../../lambdas/shared/parquet/writer.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import { tableFilesAsOf } from '../../lambdas/shared/state/manifest-chain.ts';
import type { StreamContext } from '../../lambdas/shared/state/stream-context.ts';
import { publishEpoch } from '../../lambdas/stream/publish/publish-epoch.ts';
import { InlineEpochWriter } from '../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import {
  type EraseCustomerOptions,
  type ErasedCustomer,
  eraseCustomer,
} from '../../lib/embedded/erase/erase-customer.ts';
import { verifyLake } from '../../lib/embedded/verify/verify-lake.ts';
import { consumeAll, currentManifest, sendOrders } from './stream-steps.ts';
import { createStreamWorld, type StreamWorld } from './stream-world.ts';

export const ADA = 'ada@example.org';

const HEADER = 'customer_id,customer_name,customer_email,customer_segment,registration_date\n';
const BO = 'c2,Bo,bo@example.org,new,2025-02-02\n';
export const WITH_ADA = `${HEADER}c1,Ada,${ADA},loyal,2024-01-01\n${BO}`;
/** The row stays, without what names a person. */
export const ADA_ERASED = `${HEADER}c1,,,loyal,\n${BO}`;

export type Orders = readonly Readonly<Record<string, unknown>>[];

/** A stream with epochs in which two customers have ordered. */
export class EraseWorld {
  readonly world: StreamWorld;
  readonly context: StreamContext;
  readonly #writer: InlineEpochWriter;

  static async open({ shardCount = 2 } = {}): Promise<EraseWorld> {
    const world = createStreamWorld({ shardCount });
    return new EraseWorld(world, await world.open());
  }

  private constructor(world: StreamWorld, context: StreamContext) {
    this.world = world;
    this.context = context;
    this.#writer = new InlineEpochWriter(context);
  }

  async putCustomers(text: string): Promise<void> {
    await this.world.landing.put('customers/customers.csv', Buffer.from(text));
  }

  async publish(orders: Orders): Promise<void> {
    await this.consume(orders);
    await publishEpoch(this.context, this.#writer);
  }

  async consume(orders: Orders): Promise<void> {
    await sendOrders(this.world, orders);
    await consumeAll(this.world, this.context);
  }

  /** Of a comparison that had both customers in it. */
  async putReport(customerIds: readonly string[]): Promise<string> {
    const key = `reports/reconcile/20260110T000000Z-${customerIds.join('')}-00000001.parquet`;
    const rows = customerIds.map((customer_id) => ({
      class: 'late_in_stream',
      customer_id,
      customer_name: customer_id === 'c1' ? 'Ada' : 'Bo',
    }));
    const parquet = new ParquetWriter(REPORT_COLUMNS, this.context.config.parquet);
    const body = Buffer.from(parquet.writeRowGroup(rowGroupOf(REPORT_COLUMNS, rows)));
    await this.world.lake.put(key, Buffer.concat([body, parquet.finish()]));
    return key;
  }

  async erase(
    options: Partial<EraseCustomerOptions> = {},
    context = this.context,
  ): Promise<ErasedCustomer> {
    return await eraseCustomer(context, {
      customerId: 'c1',
      mayHaveNames: false,
      isDryRun: false,
      waitMs: 0,
      signal: new AbortController().signal,
      onEpoch: () => undefined,
      ...options,
    });
  }

  /** What a reader of the current epoch gets, each file checked. */
  async orders(): Promise<Record<string, unknown>[]> {
    const { lake } = this.world;
    const rows: Record<string, unknown>[] = [];
    const newest = await currentManifest(this.world);
    for await (const file of tableFilesAsOf(lake, newest, 'orders')) {
      for await (const row of readRows(await checkedSource(lake, file))) rows.push(row);
    }
    return rows.sort((a, b) => (String(a.order_id) < String(b.order_id) ? -1 : 1));
  }

  /** Faults of everything that is published. */
  async faults(): Promise<string[]> {
    const { faults } = await verifyLake(this.world.lake, {
      consumer: 'default',
      windowLengthMs: 600_000,
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
    return faults.map(({ key, message }) => `${key} ${message}`);
  }

  /** Keys of objects that hold a text, whatever they are; Parquet files by their values. */
  async keysWith(text: string): Promise<string[]> {
    const found: string[] = [];
    for await (const { key } of this.world.lake.list('')) {
      if ((await textOf(this.world.lake, key)).includes(text)) found.push(key);
    }
    return found;
  }
}

async function textOf(lake: ObjectStore, key: string): Promise<string> {
  const bytes = await lake.get(key);
  if (!key.endsWith('.parquet')) return Buffer.from(bytes).toString('latin1');
  const rows: unknown[] = [];
  for await (const row of readRows(bytes)) rows.push(row);
  return JSON.stringify(rows);
}

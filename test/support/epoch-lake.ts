import { Dimension } from '../../lambdas/shared/dimensions/joined-dimension.ts';
import { loadDimension } from '../../lambdas/shared/dimensions/load-dimension.ts';
import { ownRules } from '../../lambdas/shared/ingest/record-rules.ts';
import { CUSTOMERS, PRODUCTS } from '../../lambdas/shared/model/dimension.ts';
import type { EpochMs } from '../../lambdas/shared/model/time.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import type { Outcome } from '../../lambdas/shared/rules/outcome.ts';
import {
  type EpochPlan,
  PLAN_FORMAT,
  type PlannedEntry,
} from '../../lambdas/shared/state/epoch-plan.ts';
import { StreamLakeKeys } from '../../lambdas/shared/state/lake-keys.ts';
import { encodeSegment, sha256Of } from '../../lambdas/shared/state/segment.ts';
import type { ShardResult } from '../../lambdas/shared/state/shard-result.ts';
import type { StreamManifest } from '../../lambdas/shared/state/stream-manifest.ts';
import { writeEpoch } from '../../lambdas/stream/publish/commit/write-epoch.ts';
import {
  createPublishMemory,
  type PublishMemory,
} from '../../lambdas/stream/publish/shard/publish-memory.ts';
import { publishShard } from '../../lambdas/stream/publish/shard/publish-shard.ts';
import { configOf } from './batch-runs.ts';
import { dimensionLimit } from './dimension-limit.ts';
import { MemoryObjectStore } from './memory/memory-object-store.ts';

export interface TestRecord {
  readonly sequenceNumber: string;
  readonly data: Uint8Array;
  readonly outcome: Outcome;
  /** Of late records. */
  readonly watermarkMs?: number;
}

const WINDOW_LENGTH_MS = 600_000;
/** Of a dimension in memory. */
const MAX_BYTES = 1e9;
const CUSTOMERS_KEY = 'customers/c.csv';
const PRODUCTS_KEY = 'products/p.csv.gz';
const rules = ownRules(configOf().rules.statuses);

/** Files of dimensions, as stored in landing. */
export interface DimensionFiles {
  readonly customers: Uint8Array;
  /** Compressed by gzip. */
  readonly products: Uint8Array;
}

/** A lake in memory into which entries of shard logs are put, and epochs of them published. */
export class EpochLake {
  readonly lake: MemoryObjectStore;
  readonly keys = new StreamLakeKeys('default', 'orders');
  readonly #shards = new Map<string, { published: number; entries: PlannedEntry[] }>();
  readonly #parquet: { rowGroupRows: number } & ReturnType<typeof configOf>['parquet'];
  readonly #memory: PublishMemory;
  readonly #dimensions: { customers: readonly Uint8Array[]; products: readonly Uint8Array[] };
  #last: EpochPlan | null = null;

  constructor(
    options: { rowGroupRows?: number; dimensions?: DimensionFiles; memory?: PublishMemory } = {},
  ) {
    const { rowGroupRows = 64, dimensions } = options;
    this.lake = new MemoryObjectStore();
    this.#parquet = { ...configOf().parquet, rowGroupRows };
    this.#memory = options.memory ?? publishMemory(rowGroupRows);
    this.#dimensions = {
      customers: dimensions === undefined ? [] : [dimensions.customers],
      products: dimensions === undefined ? [] : [dimensions.products],
    };
  }

  addShard(shardId: string): void {
    this.#shards.set(shardId, { published: 0, entries: [] });
  }

  /** Appends an entry to a shard's log; without records it is a fence. Returns its segment. */
  async append(
    shardId: string,
    records: readonly TestRecord[],
    sourceShard: string | null = null,
  ): Promise<string | null> {
    const shard = this.#shard(shardId);
    const version = shard.published + shard.entries.length + 1;
    if (records.length === 0) {
      shard.entries.push({ ...NO_RECORDS, version, kind: 'fence', floor: '2026-01-01T00:00:00Z' });
      return null;
    }
    const bytes = encodeSegment(
      records.map(({ sequenceNumber, data, outcome, watermarkMs }) => ({
        record: { sequenceNumber, partitionKey: 'k', arrivalTimeMs: 0 as EpochMs, data },
        outcome,
        watermarkMs: (watermarkMs ?? null) as EpochMs | null,
      })),
    );
    const segment = this.keys.segment(shardId, version, 'a1');
    await this.lake.put(segment, bytes);
    shard.entries.push({
      ...NO_RECORDS,
      version,
      kind: sourceShard === null ? 'records' : 'redrive',
      segment,
      sha256: sha256Of(bytes),
      first_sequence_number: records[0].sequenceNumber,
      last_sequence_number: records[records.length - 1].sequenceNumber,
      source_shard: sourceShard,
    });
    return segment;
  }

  /** The next epoch: all entries that none before it has. */
  async plan(watermarkMs: number | null, epoch = (this.#last?.epoch ?? 0) + 1): Promise<EpochPlan> {
    const last = this.#last;
    const plan: EpochPlan = {
      planFormat: PLAN_FORMAT,
      epoch,
      stream: 'orders',
      consumer: 'default',
      createdAt: '2026-02-01T00:00:00.000Z',
      codeVersion: 'v1',
      configHash: 'c1',
      previous: last === null ? null : this.keys.manifest(last.epoch),
      previousEpoch: last?.epoch ?? 0,
      shards: [...this.#shards].map(([shard, { published, entries }]) => ({
        shard,
        parents: [],
        hash_key_range: { start: '0', end: '1' },
        from_version: published,
        to_version: published + entries.length,
        entries: [...entries],
      })),
      watermarkMs,
      previousWatermarkMs: last?.watermarkMs ?? null,
      windowLengthMs: WINDOW_LENGTH_MS,
      dimensions: {
        customers: await this.#copies(CUSTOMERS_KEY, this.#dimensions.customers),
        products: await this.#copies(PRODUCTS_KEY, this.#dimensions.products),
      },
      warnings: [],
    };
    for (const shard of this.#shards.values()) {
      shard.published += shard.entries.length;
      shard.entries = [];
    }
    this.#last = plan;
    return plan;
  }

  /** Steps W and C1, over a store that may be this lake behind something. */
  async publish(
    plan: EpochPlan,
    lake: ObjectStore = this.lake,
    memory = this.#memory,
  ): Promise<StreamManifest> {
    const context = { ...(await this.#context(plan, lake)), memory };
    const results = [];
    for (const index of plan.shards.keys()) {
      results.push(await publishShard(plan, index, context));
    }
    return await writeEpoch(plan, results, context);
  }

  /** Step C1 alone. */
  async commit(plan: EpochPlan, results: readonly ShardResult[]): Promise<StreamManifest> {
    return await writeEpoch(plan, results, await this.#context(plan, this.lake));
  }

  /** Plans and publishes what was appended. */
  async publishNext(watermarkMs: number | null): Promise<StreamManifest> {
    return await this.publish(await this.plan(watermarkMs));
  }

  async #context(plan: EpochPlan, lake: ObjectStore) {
    const customers = await loadDimension(
      lake,
      CUSTOMERS,
      plan.dimensions.customers,
      dimensionLimit(MAX_BYTES),
    );
    const products = await loadDimension(
      lake,
      PRODUCTS,
      plan.dimensions.products,
      dimensionLimit(MAX_BYTES),
    );
    return {
      lake,
      keys: this.keys,
      parquet: this.#parquet,
      rules,
      memory: this.#memory,
      customers: new Dimension(customers.data),
      products: new Dimension(products.data),
      dimensionCounts: { customers: customers.counts, products: products.counts },
    };
  }

  #shard(shardId: string) {
    const shard = this.#shards.get(shardId);
    if (shard === undefined) throw new Error(`no shard ${shardId}`);
    return shard;
  }

  async #copies(key: string, files: readonly Uint8Array[]) {
    const copies = [];
    for (const bytes of files) {
      const copyKey = this.keys.dimension(sha256Of(bytes));
      await this.lake.put(copyKey, bytes);
      copies.push({ key, etag: 'e1', sizeBytes: bytes.length, copyKey });
    }
    return copies;
  }
}

const NO_RECORDS = {
  segment: null,
  sha256: null,
  first_sequence_number: null,
  last_sequence_number: null,
  floor: null,
  source_shard: null,
  gap_after: null,
  end_reached: null,
};

/** To be shared between lakes of tests: it costs some milliseconds. */
export function publishMemory(rowGroupRows: number): PublishMemory {
  return createPublishMemory(rules, rowGroupRows);
}

/** All objects by key, as text that shows equal bytes as equal. */
export async function contentOf(lake: ObjectStore): Promise<Record<string, string>> {
  const content: Record<string, string> = {};
  for await (const { key } of lake.list('')) content[key] = sha256Of(await lake.get(key));
  return content;
}

export function anEvent(values: Readonly<Record<string, unknown>> = {}): Uint8Array {
  const order = {
    order_id: 'o1',
    customer_id: 'c1',
    product_id: 'p1',
    order_timestamp: '2026-01-05T10:03:00Z',
    quantity: 2,
    price: '9.99',
    status: 'done',
    ...values,
  };
  return Buffer.from(JSON.stringify(order));
}

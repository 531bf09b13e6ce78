import type { Dimension } from '../../../shared/dimensions/joined-dimension.ts';
import { InputForms } from '../../../shared/ingest/mapping/input-form.ts';
import type { RecordRules } from '../../../shared/ingest/record-rules.ts';
import { CUSTOMERS, PRODUCTS } from '../../../shared/model/dimension.ts';
import type { EpochPlan } from '../../../shared/state/epoch-plan.ts';
import { findShardResult, type ShardResult } from '../../../shared/state/shard-result.ts';
import type { StreamContext } from '../../../shared/state/stream-context.ts';
import type { StreamManifest } from '../../../shared/state/stream-manifest.ts';
import { writeEpoch } from '../commit/write-epoch.ts';
import { EpochDimensions } from '../plan/epoch-dimensions.ts';
import { createPublishMemory, type PublishMemory } from '../shard/publish-memory.ts';
import { publishShard } from '../shard/publish-shard.ts';
import type { EpochWriter } from './epoch-writer.ts';

/**
 * Writes epochs in this process, shard by shard. Keeps dimensions in memory while their files are
 * unchanged.
 */
export class InlineEpochWriter implements EpochWriter {
  readonly dimensions: EpochDimensions;
  readonly #context: StreamContext;
  readonly #rules: RecordRules;
  #memory: PublishMemory | null;

  /** Allocates its own memory unless given some. */
  constructor(context: StreamContext, memory: PublishMemory | null = null) {
    this.#context = context;
    this.dimensions = new EpochDimensions(context);
    this.#memory = memory;
    this.#rules = new InputForms(context.config).events.rules;
  }

  async write(plan: EpochPlan): Promise<StreamManifest> {
    const { lake, lakeKeys: keys, config } = this.#context;
    const customers = await this.dimensions.read(CUSTOMERS, plan.dimensions.customers);
    const products = await this.dimensions.read(PRODUCTS, plan.dimensions.products);
    const results: ShardResult[] = [];
    for (const index of plan.shards.keys()) {
      results.push(await this.#writeShard(plan, index, customers.dimension, products.dimension));
    }
    return await writeEpoch(plan, results, {
      lake,
      keys,
      parquet: config.parquet,
      products: products.dimension,
      dimensionCounts: { customers: customers.counts, products: products.counts },
    });
  }

  /** Step W for one shard; other processes do the rest. */
  async writeShard(plan: EpochPlan, index: number): Promise<void> {
    const customers = await this.dimensions.read(CUSTOMERS, plan.dimensions.customers);
    const products = await this.dimensions.read(PRODUCTS, plan.dimensions.products);
    await this.#writeShard(plan, index, customers.dimension, products.dimension);
  }

  /**
   * An existing result was written last, by this very plan, so its files exist too. An unreadable
   * one is written again, then differs, and so the epoch is planned again.
   */
  async #writeShard(plan: EpochPlan, index: number, customers: Dimension, products: Dimension) {
    const { lake, lakeKeys: keys, config } = this.#context;
    const resultKey = keys.result(plan.epoch, plan.shards[index].shard);
    const written = await findShardResult(lake, resultKey);
    if (written !== null) return written;
    this.#memory ??= createPublishMemory(this.#rules, config.parquet.rowGroupRows);
    return await publishShard(plan, index, {
      lake,
      keys,
      customers,
      products,
      parquet: config.parquet,
      rules: this.#rules,
      memory: this.#memory,
    });
  }
}

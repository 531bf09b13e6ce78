import { StatusParser } from '../../shared/ingest/status-parser.ts';
import { CUSTOMERS, type DimensionDefinition, PRODUCTS } from '../../shared/model/dimension.ts';
import { parseJson } from '../../shared/runtime/json.ts';
import type { DimensionCopy, EpochPlan } from '../../shared/state/epoch-plan.ts';
import type { ShardResult } from '../../shared/state/shard-result.ts';
import type { StreamContext } from '../../shared/state/stream-context.ts';
import type { StreamManifest } from '../../shared/state/stream-manifest.ts';
import { Dimension } from '../../shared/transform/dimension.ts';
import { loadDimension } from '../../shared/transform/load-dimension.ts';
import { writeEpoch } from '../commit-epoch/write-epoch.ts';
import {
  createPublishMemory,
  type PublishMemory,
  publishShard,
} from '../publish-shard/publish-shard.ts';
import type { EpochWriter } from './publish-epoch.ts';

/** Share of `batch.memoryLimitBytes` that one dimension may take. */
const DIMENSION_SHARE = 0.25;

interface ReadDimension {
  /** The copies it was read from. */
  readonly copyKeys: string;
  readonly dimension: Dimension;
  readonly counts: Awaited<ReturnType<typeof loadDimension>>['counts'];
}

/**
 * Writes epochs in this process, shard by shard. Dimensions stay in memory as long as their files
 * are the same.
 */
export class InlineEpochWriter implements EpochWriter {
  readonly #context: StreamContext;
  readonly #statuses: StatusParser;
  readonly #dimensions = new Map<string, ReadDimension>();
  #memory: PublishMemory | null;

  /** Without `memory` it takes its own. */
  constructor(context: StreamContext, memory: PublishMemory | null = null) {
    this.#context = context;
    this.#memory = memory;
    this.#statuses = new StatusParser(context.config.rules.statuses);
  }

  async write(plan: EpochPlan): Promise<StreamManifest> {
    const { lake, lakeKeys: keys, config } = this.#context;
    const customers = await this.#read(CUSTOMERS, plan.dimensions.customers);
    const products = await this.#read(PRODUCTS, plan.dimensions.products);
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

  /** Step W for one shard, where somebody else does the rest. */
  async writeShard(plan: EpochPlan, index: number): Promise<void> {
    const customers = await this.#read(CUSTOMERS, plan.dimensions.customers);
    const products = await this.#read(PRODUCTS, plan.dimensions.products);
    await this.#writeShard(plan, index, customers.dimension, products.dimension);
  }

  /** A result that is there was written last, by this very plan: its files are there too. */
  async #writeShard(plan: EpochPlan, index: number, customers: Dimension, products: Dimension) {
    const { lake, lakeKeys: keys, config } = this.#context;
    const resultKey = keys.result(plan.epoch, plan.shards[index].shard);
    if ((await lake.head(resultKey)) !== null) {
      return parseJson<ShardResult>(await lake.get(resultKey));
    }
    this.#memory ??= createPublishMemory(this.#statuses, config.parquet.rowGroupRows);
    return await publishShard(plan, index, {
      lake,
      keys,
      customers,
      products,
      parquet: config.parquet,
      statuses: this.#statuses,
      memory: this.#memory,
    });
  }

  async #read(definition: DimensionDefinition, copies: readonly DimensionCopy[]) {
    const copyKeys = copies.map(({ copyKey }) => copyKey).join('\n');
    const known = this.#dimensions.get(definition.name);
    if (known?.copyKeys === copyKeys) return known;
    const { lake, config } = this.#context;
    const maxBytes = config.batch.memoryLimitBytes * DIMENSION_SHARE;
    const { data, counts } = await loadDimension(lake, definition, copies, maxBytes);
    const read = { copyKeys, dimension: new Dimension(data), counts };
    this.#dimensions.set(definition.name, read);
    return read;
  }
}

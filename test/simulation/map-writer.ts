import { StatusParser } from '../../lambdas/shared/ingest/status-parser.ts';
import {
  CUSTOMERS,
  type DimensionDefinition,
  PRODUCTS,
} from '../../lambdas/shared/model/dimension.ts';
import { RetryableError } from '../../lambdas/shared/runtime/errors.ts';
import type { DimensionCopy, EpochPlan } from '../../lambdas/shared/state/epoch-plan.ts';
import { readShardResults } from '../../lambdas/shared/state/shard-result.ts';
import type { StreamContext } from '../../lambdas/shared/state/stream-context.ts';
import type { StreamManifest } from '../../lambdas/shared/state/stream-manifest.ts';
import { Dimension } from '../../lambdas/shared/transform/dimension.ts';
import { loadDimension } from '../../lambdas/shared/transform/load-dimension.ts';
import { writeEpoch } from '../../lambdas/stream/commit-epoch/write-epoch.ts';
import type { EpochWriter } from '../../lambdas/stream/publish-epoch/publish-epoch.ts';
import { publishShard } from '../../lambdas/stream/publish-shard/publish-shard.ts';
import { runIn } from './environments.ts';
import { SimProcess } from './sim-process.ts';
import type { World } from './world.ts';

const DIMENSION_BYTES_MAX = 1024 ** 2;

/** Step W as a map state does it: each shard in a process of its own, all at once. */
export class MapWriter implements EpochWriter {
  readonly #world: World;
  readonly #context: StreamContext;

  constructor(world: World, context: StreamContext) {
    this.#world = world;
    this.#context = context;
  }

  async write(plan: EpochPlan): Promise<StreamManifest> {
    const { lake, lakeKeys: keys, config } = this.#context;
    await Promise.all(plan.shards.map((_, index) => this.#map(plan, index)));
    const customers = await read(this.#context, CUSTOMERS, plan.dimensions.customers);
    const products = await read(this.#context, PRODUCTS, plan.dimensions.products);
    return await writeEpoch(plan, await readShardResults(plan, lake, keys), {
      lake,
      keys,
      parquet: config.parquet,
      products: products.dimension,
      dimensionCounts: { customers: customers.counts, products: products.counts },
    });
  }

  /** The map state waits for each of its processes, and for one that hangs only for so long. */
  #map(plan: EpochPlan, index: number): Promise<void> {
    const world = this.#world;
    const { codeVersion } = this.#context;
    const process = new SimProcess(world, 'map', codeVersion);
    return new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new RetryableError(`${process.name} ${why}`));
      runIn(
        world,
        process,
        () => this.#publish(process, plan, index),
        (ending) => {
          if (ending.status === 'answered') resolve();
          else fail(ending.status);
        },
      );
      world.scheduler.after(world.settings.timeoutMs, () => fail('does not answer'));
    });
  }

  async #publish(process: SimProcess, plan: EpochPlan, index: number): Promise<void> {
    const context = { ...this.#context, ...process.ports };
    const { lake, lakeKeys: keys, config } = context;
    const customers = await read(context, CUSTOMERS, plan.dimensions.customers);
    const products = await read(context, PRODUCTS, plan.dimensions.products);
    await publishShard(plan, index, {
      lake,
      keys,
      customers: customers.dimension,
      products: products.dimension,
      parquet: config.parquet,
      statuses: new StatusParser(config.rules.statuses),
    });
  }
}

async function read(
  { lake }: StreamContext,
  definition: DimensionDefinition,
  copies: readonly DimensionCopy[],
) {
  const { data, counts } = await loadDimension(lake, definition, copies, DIMENSION_BYTES_MAX);
  return { dimension: new Dimension(data), counts };
}

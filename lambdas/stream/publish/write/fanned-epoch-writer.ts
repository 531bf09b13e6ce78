import { TerminalError } from '../../../shared/model/errors.ts';
import type { ShardPublisher } from '../../../shared/ports/shard-publisher.ts';
import { inParallel } from '../../../shared/runtime/parallel.ts';
import type { EpochPlan } from '../../../shared/state/epoch-plan.ts';
import type { StreamManifest } from '../../../shared/state/stream-manifest.ts';
import type { EpochDimensions } from '../plan/epoch-dimensions.ts';
import type { EpochWriter } from './epoch-writer.ts';

/** Shards that are published at once. */
const PARALLEL_SHARDS = 32;

/**
 * Has the shards of a large epoch published in parallel by other invocations, then lets `inline`
 * finish with their results. `inline` alone writes small epochs.
 */
export class FannedEpochWriter implements EpochWriter {
  readonly dimensions: EpochDimensions;
  readonly #inline: EpochWriter;
  readonly #shards: ShardPublisher;
  readonly #maxShardsInline: number;

  constructor(inline: EpochWriter, shards: ShardPublisher, maxShardsInline: number) {
    this.#inline = inline;
    this.dimensions = inline.dimensions;
    this.#shards = shards;
    this.#maxShardsInline = maxShardsInline;
  }

  async write(plan: EpochPlan, planKey: string): Promise<StreamManifest> {
    const busy = [...plan.shards.keys()].filter((index) => plan.shards[index].entries.length > 0);
    if (busy.length > this.#maxShardsInline) await this.#publish(planKey, busy);
    return await this.#inline.write(plan, planKey);
  }

  async #publish(planKey: string, shardIndexes: readonly number[]): Promise<void> {
    try {
      await inParallel(shardIndexes, PARALLEL_SHARDS, (shardIndex) =>
        this.#shards.publish({ planKey, shardIndex }),
      );
    } catch (error) {
      // The error code is lost on the way back: written here, the shard shows what is wrong, for
      // instance `epoch_differs`, after which the epoch is planned again.
      if (!(error instanceof TerminalError)) throw error;
    }
  }
}

import { cleanUpOnFailure } from '../../shared/runtime/errors.ts';
import { type BatchHost, type ChildStatus, PerRun, planOf, runChild } from '../batch-host.ts';
import type { BatchPlan } from '../batch-plan.ts';
import { StoredExchange } from '../exchange/stored-exchange.ts';
import { createMapper } from '../stage-settings.ts';
import type { ChunkMapper } from './map-chunk.ts';

export interface MapStepEvent {
  readonly runId: string;
  readonly chunkIndex: number;
  /** Where the chain says that its first record starts; left out at first. */
  readonly knownStart?: number;
}

/**
 * Maps chunks into objects of the exchange. What is held of a chunk's records before it is written
 * is bounded by `maxHeldBytes`.
 */
export function createMapStep(host: BatchHost, maxHeldBytes: number) {
  const { landing, lake, config } = host;
  const plans = new PerRun<BatchPlan>();
  const mappers = new PerRun<ChunkMapper>();
  return async ({ runId, chunkIndex, ...event }: MapStepEvent): Promise<ChildStatus> =>
    await runChild(host, { runId, stage: 'map', index: chunkIndex }, async (files) => {
      const knownStart = event.knownStart ?? null;
      const plan = await planOf(plans, files, runId);
      const mapper = await mappers.of(runId, async () => createMapper(landing, plan, config));
      const chunk = plan.chunks[chunkIndex];
      const key = files.exchangeKey(chunkIndex, knownStart);
      const exchange = new StoredExchange(lake, key, maxHeldBytes);
      await cleanUpOnFailure(
        async () => {
          const input = plan.inputs[chunk.inputIndex];
          const result = await mapper.map(chunk, input, knownStart, exchange);
          const isUsed = result.status === 'mapped';
          const blocks = isUsed ? await exchange.finish() : null;
          if (!isUsed) await exchange.abort();
          await files.putChunk({ result, blocks }, knownStart);
        },
        () => exchange.abort(),
      );
    });
}

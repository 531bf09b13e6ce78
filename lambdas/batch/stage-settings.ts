import { textValues } from '../shared/bytes/column-data.ts';
import { Dimension, type DimensionData } from '../shared/dimensions/dimension.ts';
import { type LoadedDimension, loadDimension } from '../shared/dimensions/load-dimension.ts';
import type { CsvLayout } from '../shared/ingest/csv-layout.ts';
import { StatusParser } from '../shared/ingest/status-parser.ts';
import type { KernelMemory } from '../shared/kernels/kernel-memory.ts';
import type { Config } from '../shared/model/config.ts';
import { CUSTOMERS, PRODUCTS } from '../shared/model/dimension.ts';
import { MAX_USUAL_LEAD_MS } from '../shared/model/warning.ts';
import type { ObjectReader, ObjectStore } from '../shared/ports/object-store.ts';
import type { BatchPlan, PlanHeader } from './batch-plan.ts';
import type { ChunkResult } from './map-chunk/chunk-result.ts';
import { ChunkMapper } from './map-chunk/map-chunk.ts';
import type { MergeContext } from './merge-aggregates/merge-aggregates.ts';
import type { PublishContext } from './publish-run/publish-run.ts';
import type { ReduceContext } from './reduce-bucket/reduce-bucket.ts';

/**
 * Settings of the stages on any host: the same plan and config give the same settings, and so the
 * same bytes.
 */

/** Share of the memory limit that one dimension may take. */
const DIMENSION_SHARE = 0.25;

export interface LoadedDimensions {
  readonly customers: LoadedDimension;
  readonly products: LoadedDimension;
}

/** Loads the dimensions that a plan names. Throws the `TerminalError`s of `loadDimension`. */
export async function loadDimensions(
  landing: ObjectStore,
  plan: Pick<BatchPlan, 'customers' | 'products'>,
  config: Config,
): Promise<LoadedDimensions> {
  const maxBytes = config.batch.memoryLimitBytes * DIMENSION_SHARE;
  return {
    customers: await loadDimension(landing, CUSTOMERS, plan.customers, maxBytes),
    products: await loadDimension(landing, PRODUCTS, plan.products, maxBytes),
  };
}

/**
 * A mapper with the config's status spellings and the plan's number of buckets; `segments` is the
 * store of raw segments, for runs over an archive.
 */
export function createMapper(
  landing: ObjectReader,
  { bucketCount }: Pick<BatchPlan, 'bucketCount'>,
  config: Config,
  segments?: ObjectReader,
): ChunkMapper {
  const statuses = new StatusParser(config.rules.statuses);
  return new ChunkMapper(landing, statuses, bucketCount, segments);
}

/** Settings of a reduce step, with its dimensions in memory; `memory` is the kernels'. */
export function reduceContext(
  lake: ObjectStore,
  memory: KernelMemory,
  run: {
    readonly plan: PlanHeader;
    readonly config: Config;
    /** Keys of the inputs. */
    readonly sources: readonly string[];
    readonly layouts: readonly (CsvLayout | null)[];
    readonly customers: DimensionData;
    readonly products: DimensionData;
  },
): ReduceContext {
  const { plan, config } = run;
  return {
    lake,
    memory,
    runId: plan.runId,
    sources: textValues(run.sources),
    layouts: run.layouts,
    customers: new Dimension(run.customers),
    products: new Dimension(run.products),
    windowLengthMs: config.windows.lengthMs,
    rangeCount: plan.rangeCount,
    parquet: config.parquet,
    waveBytes: plan.waveBytes,
    keep: config.rules.keep,
    findings: {
      hasCustomers: plan.customers.length > 0,
      hasProducts: plan.products.length > 0,
      futureAfterMs: Date.parse(plan.createdAt) + MAX_USUAL_LEAD_MS,
    },
  };
}

/** Settings of a merge step. */
export function mergeContext(lake: ObjectStore, plan: PlanHeader, config: Config): MergeContext {
  const { parquet, windows } = config;
  return { lake, runId: plan.runId, windowLengthMs: windows.lengthMs, parquet };
}

/** Settings of the publish step, with the products to name in `top_products`. */
export function publishContext(
  lake: ObjectStore,
  { runId }: Pick<BatchPlan, 'runId'>,
  { parquet, batch }: Config,
  products: DimensionData,
): PublishContext {
  const { maxQuarantined } = batch;
  return { lake, runId, parquet, products: new Dimension(products), maxQuarantined };
}

/** What the reduce steps read, once every chain holds. */
export interface MappedChunks {
  /** Chunks whose records are used, in order of records. */
  readonly used: readonly { readonly chunkIndex: number; readonly inputIndex: number }[];
  /** For each input its layout; null if the input was rejected. */
  readonly layouts: readonly (CsvLayout | null)[];
}

/**
 * The blocks and layouts to reduce. `results` are by chunk index, null for a chunk inside a record
 * of an earlier one.
 */
export function mappedChunks(
  plan: Pick<BatchPlan, 'inputs' | 'chunks'>,
  results: readonly (ChunkResult | null)[],
): MappedChunks {
  const layouts = plan.inputs.map(({ layout }) => layout);
  const used = plan.chunks.flatMap(({ chunkIndex, inputIndex }) => {
    const result = results[chunkIndex];
    if (result?.status !== 'mapped') return [];
    layouts[inputIndex] ??= result.layout;
    return [{ chunkIndex, inputIndex }];
  });
  return { used, layouts };
}

import { isDecoded } from '../../shared/ingest/input-kind.ts';
import { configHash } from '../../shared/model/config-hash.ts';
import { TerminalError } from '../../shared/runtime/errors.ts';
import { jsonBytes } from '../../shared/runtime/json.ts';
import { inParallel } from '../../shared/runtime/parallel.ts';
import { putOnce } from '../../shared/state/put-once.ts';
import type { BatchHost } from '../batch-host.ts';
import { planKey } from '../batch-plan.ts';
import { indexes, RunFiles } from '../run-files.ts';
import { planRun } from './plan-run.ts';
import { uncompressedBytes, uncompressedBytesOf } from './plan-sizes.ts';
import { planSteps, type StepLimits } from './plan-steps.ts';

const PARALLEL_READS = 16;

export interface PlanStepEvent {
  readonly runId: string;
  /** When the run was started, in ISO 8601. */
  readonly createdAt: string;
}

/** The input of the map states: what they run over. */
export interface PlanStepResult {
  /** `empty`: there is no orders file, so there is nothing to publish. */
  readonly status: 'planned' | 'empty';
  readonly chunks: readonly number[];
  readonly buckets: readonly number[];
  readonly ranges: readonly number[];
}

/**
 * Plans a run and stores the plan. Repeated after it was stored, it answers by the stored one: what
 * landing holds may be something else by then. Throws `TerminalError` as `planRun` and `planSteps`
 * do.
 */
export async function planStep(
  host: BatchHost,
  limits: StepLimits,
  { runId, createdAt }: PlanStepEvent,
): Promise<PlanStepResult> {
  const key = planKey(runId);
  try {
    if ((await host.lake.head(key)) === null) {
      const plan = await makePlan(host, limits, { runId, createdAt });
      await putOnce(host.lake, key, jsonBytes(plan));
    }
  } catch (error) {
    const isEmpty = error instanceof TerminalError && error.code === 'landing_empty';
    if (!isEmpty) throw error;
    return { status: 'empty', chunks: [], buckets: [], ranges: [] };
  }
  return await storedResult(host, runId);
}

async function storedResult({ lake }: BatchHost, runId: string): Promise<PlanStepResult> {
  const { chunks, bucketCount, rangeCount } = await new RunFiles(lake, runId).readPlan();
  return {
    status: 'planned',
    chunks: chunks.map(({ chunkIndex }) => chunkIndex),
    buckets: indexes(bucketCount),
    ranges: indexes(rangeCount),
  };
}

async function makePlan(host: BatchHost, limits: StepLimits, event: PlanStepEvent) {
  const { landing, lake, config, codeVersion, landingName } = host;
  const minChunkBytes = config.batch.chunkBytes;
  return await planRun(landing, lake, {
    ...event,
    codeVersion,
    configHash: configHash(config),
    landingName,
    chunkBytes: minChunkBytes,
    async chooseSizes(inputs, dimensions) {
      const sizes = await inParallel(inputs, PARALLEL_READS, async (input) => ({
        key: input.key,
        isWhole: isDecoded(input.kind),
        uncompressedBytes: (await uncompressedBytesOf(landing, input)).uncompressedBytes,
      }));
      const dimensionBytes = await uncompressedBytes(landing, dimensions);
      return planSteps(sizes, { limits, minChunkBytes, dimensionBytes });
    },
  });
}

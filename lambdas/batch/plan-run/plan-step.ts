import { isDecoded } from '../../shared/ingest/input-kind.ts';
import { listLanding } from '../../shared/ingest/list-landing.ts';
import { InputForms } from '../../shared/ingest/mapping/input-form.ts';
import { configHash } from '../../shared/model/config-hash.ts';
import { TerminalError } from '../../shared/model/errors.ts';
import { StreamLakeKeys } from '../../shared/state/lake-keys.ts';
import type { BatchHost } from '../run/batch-host.ts';
import { type BatchPlan, planKey } from '../run/batch-plan.ts';
import { indexes } from '../run/run-files.ts';
import type { StepLimits } from '../run/step-limits.ts';
import { putPlan, readHeader } from '../run/stored-plan.ts';
import { planSteps, SEGMENTS_PER_SEC, type StepPlan } from './function-sizes.ts';
import { listSegments } from './list-segments.ts';
import { lookAtFiles } from './look-at-files.ts';
import { limitUsed } from './plan-limits.ts';
import { type PlanOptions, planRun } from './plan-run.ts';
import { plannedBytes, uncompressedBytes } from './plan-sizes.ts';
import { StoredLooks } from './stored-looks.ts';
import { TaskPacker } from './task-packer.ts';

/** Files that are looked at at once: as many connections as a client of S3 opens. */
const PARALLEL_LOOKS = 64;

/** Share of the function's time after which no more files are looked at. */
const LOOKING_SHARE = 0.6;

export interface PlanStepEvent {
  readonly runId: string;
  /** Start of the run, in ISO 8601. */
  readonly createdAt: string;
  /** Reads the raw archive of a consumer; otherwise the orders files in landing. */
  readonly fromRaw?: { readonly consumer: string };
}

/** The input of the map states: what they run over. */
export interface PlanStepResult {
  /**
   * `empty`: there is no orders file, so nothing to publish. `more`: the time was up before all
   * files were examined; call again.
   */
  readonly status: 'planned' | 'empty' | 'more';
  readonly tasks: readonly number[];
  readonly buckets: readonly number[];
  readonly ranges: readonly number[];
  /** Steps of a map state side by side. */
  readonly maxConcurrency: number;
  /** Percentage used of the closest limit. */
  readonly limitUsed: number;
}

/**
 * Plans a run and stores the plan. Repeated afterwards, it answers by the stored plan, since
 * landing may have changed; before that it resumes examining files. Throws the `TerminalError`s of
 * `planRun` and `planSteps`.
 */
export async function planStep(
  host: BatchHost,
  limits: StepLimits,
  event: PlanStepEvent,
): Promise<PlanStepResult> {
  const { lake } = host;
  const { runId } = event;
  const stopAtMs = host.clock.now() + limits.timeLimitMs * LOOKING_SHARE;
  try {
    if ((await lake.head(planKey(runId))) === null) {
      const isWhole = await makePlan(host, limits, { ...event, stopAtMs });
      if (!isWhole) return resultOf(host, 'more');
    }
  } catch (error) {
    const isEmpty = error instanceof TerminalError && error.code === 'landing_empty';
    if (!isEmpty) throw error;
    return resultOf(host, 'empty');
  }
  const { taskCount, bucketCount, rangeCount, limitUsed } = await readHeader(lake, runId);
  return {
    ...resultOf(host, 'planned'),
    tasks: indexes(taskCount),
    buckets: indexes(bucketCount),
    ranges: indexes(rangeCount),
    limitUsed,
  };
}

function resultOf({ config }: BatchHost, status: PlanStepResult['status']): PlanStepResult {
  const { maxParallel: maxConcurrency } = config.aws;
  return { status, tasks: [], buckets: [], ranges: [], maxConcurrency, limitUsed: 0 };
}

type TimedEvent = PlanStepEvent & { readonly stopAtMs: number };

/** False if the time is up before all files were looked at. */
async function makePlan(host: BatchHost, limits: StepLimits, event: TimedEvent): Promise<boolean> {
  const { landing, lake, config, codeVersion, landingName } = host;
  const minChunkBytes = config.batch.chunkBytes;
  const { runId, createdAt } = event;
  const run = { runId, createdAt, codeVersion, configHash: configHash(config) };
  const found = await findRecords(host, run, event);
  if (found === null) return false;
  let steps: StepPlan | null = null;
  const plan = await planRun(landing, lake, {
    ...{ ...run, landingName, chunkBytes: minChunkBytes, ...found },
    forms: new InputForms(config),
    async chooseSizes(inputs, dimensions) {
      const dimensionBytes = await uncompressedBytes(landing, dimensions);
      const sizes = inputs.map((input) => ({
        key: input.key,
        isWhole: isDecoded(input.kind),
        uncompressedBytes: plannedBytes(input),
      }));
      const rate = event.fromRaw === undefined ? {} : { inputsPerSec: SEGMENTS_PER_SEC };
      steps = planSteps(sizes, { limits, minChunkBytes, dimensionBytes, ...rate });
      return steps;
    },
  });
  const { taskBytes, limits: used } = steps as unknown as StepPlan;
  const tasks = { taskEnds: taskEnds(plan, taskBytes), limitUsed: limitUsed(used) };
  await putPlan(lake, plan, tasks);
  return true;
}

/** Segments of an archive, or looks at orders files; null if the time was up before. */
async function findRecords(
  { landing, lake, clock, config }: BatchHost,
  run: Parameters<typeof StoredLooks.open>[1],
  { fromRaw, stopAtMs }: TimedEvent,
): Promise<Pick<PlanOptions, 'segments' | 'looked'> | null> {
  if (fromRaw !== undefined) {
    const keys = new StreamLakeKeys(fromRaw.consumer, config.stream.name);
    return { segments: await listSegments(lake, keys) };
  }
  const objects = await listLanding(landing);
  const memory = await StoredLooks.open(lake, run, { clock, stopAtMs });
  const forms = new InputForms(config);
  const options = { parallel: PARALLEL_LOOKS, memory, forms };
  const looks = await lookAtFiles(landing, objects.orders, options);
  return looks === null ? null : { looked: { objects, looks } };
}

function taskEnds({ inputs, chunks }: BatchPlan, taskBytes: number): number[] {
  const packer = new TaskPacker(taskBytes);
  let count = 0;
  chunks.forEach(({ inputIndex }, chunkIndex) => {
    count += 1;
    if (chunks[chunkIndex + 1]?.inputIndex === inputIndex) return;
    packer.add(count, plannedBytes(inputs[inputIndex]));
    count = 0;
  });
  return packer.taskEnds;
}

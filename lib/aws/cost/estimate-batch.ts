import { MAX_STRIPE_BYTES } from '../../../lambdas/batch/exchange/stored-index.ts';
import {
  type InputSize,
  MAP_BYTES_PER_SEC,
  planSteps,
  REDUCE_BYTES_PER_SEC,
  type StepPlan,
} from '../../../lambdas/batch/plan-run/function-sizes.ts';
import { EXCHANGE_RATIO } from '../../../lambdas/batch/plan-run/plan-sizes.ts';
import { stepsSideBySide } from '../../../lambdas/batch/plan-run/side-by-side.ts';
import { PART_CHUNKS } from '../../../lambdas/batch/run/stored-plan.ts';
import type { Config } from '../../../lambdas/shared/model/config.ts';
import type { UnreservedFunctions } from '../../../lambdas/shared/ports/function-quota.ts';
import { type RunShape, requestsByStage, type StageRequests } from './batch-requests.ts';
import { CALL_LOG_BYTES, costOfLogs, EXECUTION_LOG_BYTES } from './logs.ts';
import { PRICES } from './prices.ts';

/** Files are taken to be so large where only their sum is known. */
const FILE_BYTES = 1024 ** 3;

const TIME_LIMIT_MS = 900_000;

/** Start, plan and answer of a step, and what a state machine takes from state to state. */
const STEP_OVERHEAD_SEC = 0.5;

/** Plan, check, publish and the transitions between them. */
const RUN_OVERHEAD_SEC = 30;

/** Transitions of a map's child, and of a run apart from its children. */
const TRANSITIONS_PER_CHILD = 2;
const TRANSITIONS_PER_RUN = 20;

/** Calls of functions apart from those of map states. */
const CALLS_PER_RUN = 8;

/** Bytes of all tables per byte of CSV: 0.437 for 300,000 orders of `tandem generate`. */
export const TABLE_RATIO = 0.45;

/** Orders of a month in each bucket: each day is a file of its own. */
const DAYS = 31;

/**
 * Requests per second that S3 answers for one prefix (S3, "Best practices design patterns:
 * optimizing Amazon S3 performance"). A prefix that is asked for more is split, but over many
 * minutes, and each run has a new one: so none of it is counted on.
 */
const GETS_PER_SEC = 5_500;
const PUTS_PER_SEC = 3_500;

/** Seconds from a request to its first byte, and the reads that a step has under way. */
const LATENCY_SEC = 0.03;
const READS_AHEAD = 16;

/** What the one function that makes an index reads and writes per second. */
const INDEX_BYTES_PER_SEC = 60e6;

/** An entry of an index, and the footer that it is made from; records of a block. */
const ENTRY_BYTES = 12;
const BLOCK_RECORDS = 256 * 1024;
const RECORD_BYTES = 57;

const NOT_ASKED: UnreservedFunctions = { status: 'unknown', reason: 'not requested' };

export interface BatchEstimate {
  readonly plan: StepPlan;
  /** Steps side by side. */
  readonly maxConcurrency: number;
  /** From the first step to the publication. */
  readonly wallSec: number;
  /** Part of it spent waiting for S3, which limits requests per second and prefix. */
  readonly waitingSec: number;
  readonly functionSec: number;
  readonly exchangeBytes: number;
  readonly requests: { readonly puts: number; readonly gets: number; readonly transitions: number };
  /** US dollars. */
  readonly cost: {
    readonly lambda: number;
    readonly stepFunctions: number;
    readonly s3: number;
    readonly logs: number;
    readonly total: number;
  };
}

/** One map state. */
interface MapState {
  readonly steps: number;
  /** Seconds of one step, without waiting. */
  readonly stepSec: number;
  readonly requests: StageRequests;
}

/**
 * Estimates how AWS would plan these files, or plain CSV files of 1 GiB with this many bytes in
 * total, and the time and cost (US dollars), under the account's quota. Pure. Throws
 * `TerminalError` `does_not_fit` as the run itself would.
 */
export function estimateBatch(
  input: number | readonly InputSize[],
  config: Config,
  quota: UnreservedFunctions = NOT_ASKED,
): BatchEstimate {
  const { batchMemoryBytes } = config.aws;
  const maxConcurrency = stepsSideBySide(config.aws.maxParallel, quota);
  const files = typeof input === 'number' ? filesOf(input) : input;
  const plan = planSteps(files, {
    limits: { functionMemoryBytes: batchMemoryBytes, timeLimitMs: TIME_LIMIT_MS },
    minChunkBytes: config.batch.chunkBytes,
    dimensionBytes: 0,
  });
  const shape = shapeOf(plan, files.length, maxConcurrency);
  const stages = requestsByStage(shape);
  const maps = mapStates(plan, stages).map((state) => timeOf(state, maxConcurrency));
  // The check makes the index in one function. Looks at files that no run before has seen come on
  // top: the plan's limits say how long that takes if all are new.
  const aloneSec = RUN_OVERHEAD_SEC + indexBytesOf(plan) / INDEX_BYTES_PER_SEC;
  const sumOf = (what: keyof MapTime) => maps.reduce((sum, time) => sum + time[what], 0);
  const functionSec = sumOf('functionSec') + aloneSec;
  const children = plan.taskCount + plan.bucketCount + plan.rangeCount;
  const all = Object.values(stages);
  const requests = {
    puts: all.reduce((sum, { puts }) => sum + puts, 0),
    gets: all.reduce((sum, { gets, landingGets }) => sum + gets + landingGets, 0),
    transitions: children * TRANSITIONS_PER_CHILD + TRANSITIONS_PER_RUN,
  };
  return {
    ...{ plan, maxConcurrency, functionSec, requests },
    wallSec: sumOf('wallSec') + aloneSec,
    waitingSec: sumOf('waitingSec'),
    exchangeBytes: shape.exchangeBytes,
    cost: costOf(functionSec, config, children, requests),
  };
}

function mapStates(
  { taskCount, bucketCount, rangeCount, inputBytes }: StepPlan,
  stages: ReturnType<typeof requestsByStage>,
): MapState[] {
  const { map, reduce, merge } = stages;
  const readSec = (requests: number) => (requests / READS_AHEAD) * LATENCY_SEC;
  return [
    {
      steps: taskCount,
      stepSec: inputBytes / MAP_BYTES_PER_SEC / taskCount + STEP_OVERHEAD_SEC,
      requests: map,
    },
    {
      steps: bucketCount,
      stepSec:
        inputBytes / REDUCE_BYTES_PER_SEC / bucketCount + STEP_OVERHEAD_SEC + readSec(taskCount),
      requests: reduce,
    },
    { steps: rangeCount, stepSec: STEP_OVERHEAD_SEC * 2 + readSec(bucketCount), requests: merge },
  ];
}

interface MapTime {
  readonly wallSec: number;
  readonly waitingSec: number;
  readonly functionSec: number;
}

/** Functions that wait for S3 are paid for, too. */
function timeOf({ steps, stepSec, requests }: MapState, maxConcurrency: number): MapTime {
  const workSec = stepSec * Math.ceil(steps / maxConcurrency);
  const { landingGets, gets, puts } = requests;
  const answeredSec = Math.max(
    landingGets / GETS_PER_SEC,
    gets / GETS_PER_SEC,
    puts / PUTS_PER_SEC,
  );
  const waitingSec = Math.max(0, answeredSec - workSec);
  const functionSec = steps * stepSec + waitingSec * Math.min(steps, maxConcurrency);
  return { wallSec: workSec + waitingSec, waitingSec, functionSec };
}

function shapeOf(plan: StepPlan, files: number, processes: number): RunShape {
  const { chunkCount, taskCount, bucketCount, rangeCount, inputBytes } = plan;
  const stripes = (bytes: number) => Math.max(1, Math.ceil(bytes / MAX_STRIPE_BYTES));
  return {
    ...{ files, processes, taskCount, bucketCount, rangeCount, inputBytes },
    planParts: chunkCount > PART_CHUNKS ? Math.ceil(chunkCount / PART_CHUNKS) : 1,
    dimensionFiles: 2,
    days: DAYS,
    exchangeBytes: inputBytes * EXCHANGE_RATIO,
    tableBytes: inputBytes * TABLE_RATIO,
    exchangeStripes: stripes(indexBytesOf(plan) / 3),
    sumsStripes: stripes(bucketCount * rangeCount * ENTRY_BYTES),
  };
}

/** Bytes of the exchange's footers and of the index made from them. */
function indexBytesOf({ chunkCount, taskCount, bucketCount, inputBytes }: StepPlan): number {
  const blocks = Math.max(chunkCount, taskCount, inputBytes / RECORD_BYTES / BLOCK_RECORDS);
  return blocks * bucketCount * ENTRY_BYTES;
}

function filesOf(inputBytes: number): InputSize[] {
  const count = Math.max(1, Math.ceil(inputBytes / FILE_BYTES));
  return Array.from({ length: count }, (_, index) => ({
    key: `orders/${index}.csv`,
    isWhole: false,
    uncompressedBytes: Math.min(FILE_BYTES, inputBytes - index * FILE_BYTES),
  }));
}

function costOf(
  functionSec: number,
  config: Config,
  children: number,
  requests: BatchEstimate['requests'],
): BatchEstimate['cost'] {
  const calls = children + CALLS_PER_RUN;
  const lambda =
    functionSec * (config.aws.batchMemoryBytes / 1024 ** 3) * PRICES.lambdaGbSecond +
    calls * PRICES.lambdaRequest;
  const stepFunctions = requests.transitions * PRICES.stateTransition;
  const s3 = requests.puts * PRICES.s3Put + requests.gets * PRICES.s3Get;
  const logs = costOfLogs(calls * (CALL_LOG_BYTES + EXECUTION_LOG_BYTES), config);
  return { lambda, stepFunctions, s3, logs, total: lambda + stepFunctions + s3 + logs };
}

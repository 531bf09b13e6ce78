import { EXCHANGE_RATIO } from '../../../lambdas/batch/plan-run/plan-sizes.ts';
import {
  type InputSize,
  MAP_BYTES_PER_SEC,
  planSteps,
  REDUCE_BYTES_PER_SEC,
  type StepPlan,
} from '../../../lambdas/batch/plan-run/plan-steps.ts';
import { stepsSideBySide } from '../../../lambdas/batch/plan-run/side-by-side.ts';
import type { Config } from '../../../lambdas/shared/model/config.ts';
import type { UnreservedFunctions } from '../../../lambdas/shared/ports/function-quota.ts';
import { PRICES } from './prices.ts';

/** Files are taken to be so large where only their sum is known. */
const FILE_BYTES = 1024 ** 3;

const TIME_LIMIT_MS = 900_000;

/** Start, plan and answer of a step, and what a state machine takes from state to state. */
const STEP_OVERHEAD_SEC = 0.5;

/** Plan, check, publish and what lies between them. */
const RUN_OVERHEAD_SEC = 30;

/** Transitions of a map's child, and of a run beside its children. */
const TRANSITIONS_PER_CHILD = 2;
const TRANSITIONS_PER_RUN = 20;

/** S3 takes parts of 8 MiB. */
const PART_BYTES = 8 * 1024 ** 2;

/** Bytes of all tables per byte of CSV: 0.437 for 300,000 orders of `tandem generate`. */
const TABLE_RATIO = 0.45;

const NOT_ASKED: UnreservedFunctions = { status: 'unknown', reason: 'nobody was asked' };

export interface BatchEstimate {
  readonly plan: StepPlan;
  /** Steps side by side. */
  readonly maxConcurrency: number;
  /** From the first step to the publication. */
  readonly wallSec: number;
  readonly functionSec: number;
  readonly exchangeBytes: number;
  readonly requests: { readonly puts: number; readonly gets: number; readonly transitions: number };
  /** US dollars. */
  readonly cost: {
    readonly lambda: number;
    readonly stepFunctions: number;
    readonly s3: number;
    readonly total: number;
  };
}

/**
 * The plan that AWS would make for these files, or for so many bytes of CSV in plain files of 1
 * GiB, and what it takes and costs, where the account has such a quota. Pure. Throws
 * `TerminalError` `does_not_fit` as the run itself would.
 */
export function estimateBatch(
  input: number | readonly InputSize[],
  config: Config,
  quota: UnreservedFunctions = NOT_ASKED,
): BatchEstimate {
  const { batchMemoryBytes } = config.aws;
  const maxConcurrency = stepsSideBySide(config.aws.maxParallel, quota);
  const plan = planSteps(typeof input === 'number' ? filesOf(input) : input, {
    limits: { functionMemoryBytes: batchMemoryBytes, timeLimitMs: TIME_LIMIT_MS },
    minChunkBytes: config.batch.chunkBytes,
    dimensionBytes: 0,
  });
  const { taskCount, bucketCount, inputBytes } = plan;
  const rangeCount = bucketCount;
  const mapSec = inputBytes / MAP_BYTES_PER_SEC + taskCount * STEP_OVERHEAD_SEC;
  const reduceSec = inputBytes / REDUCE_BYTES_PER_SEC + bucketCount * STEP_OVERHEAD_SEC;
  const mergeSec = rangeCount * STEP_OVERHEAD_SEC * 2;
  const functionSec = mapSec + reduceSec + mergeSec + RUN_OVERHEAD_SEC;
  const stages = [
    { seconds: mapSec, steps: taskCount },
    { seconds: reduceSec, steps: bucketCount },
    { seconds: mergeSec, steps: rangeCount },
  ];
  const wallSec = stages.reduce((sum, { seconds, steps }) => {
    const rounds = Math.ceil(steps / maxConcurrency);
    return sum + (seconds / steps) * rounds;
  }, RUN_OVERHEAD_SEC);
  const exchangeBytes = inputBytes * EXCHANGE_RATIO;
  const requests = requestsOf(plan, exchangeBytes);
  const cost = costOf(functionSec, batchMemoryBytes, taskCount + 2 * bucketCount, requests);
  return { plan, maxConcurrency, wallSec, functionSec, exchangeBytes, requests, cost };
}

function filesOf(inputBytes: number): InputSize[] {
  const count = Math.max(1, Math.ceil(inputBytes / FILE_BYTES));
  return Array.from({ length: count }, (_, index) => ({
    key: `orders/${index}.csv`,
    isWhole: false,
    uncompressedBytes: Math.min(FILE_BYTES, inputBytes - index * FILE_BYTES),
  }));
}

function requestsOf(plan: StepPlan, exchangeBytes: number) {
  const { chunkCount, taskCount, bucketCount, inputBytes } = plan;
  const parts = Math.ceil((exchangeBytes + inputBytes * TABLE_RATIO) / PART_BYTES);
  const results = taskCount * 2 + bucketCount * 4;
  // Each reduce step reads a footer and a range of each task; each merge step the same of sums.
  const exchange = taskCount * bucketCount * 2 + bucketCount * bucketCount * 2;
  const input = Math.ceil(inputBytes / PART_BYTES) + chunkCount;
  return {
    puts: parts + results,
    gets: exchange + input + results,
    transitions: (taskCount + 2 * bucketCount) * TRANSITIONS_PER_CHILD + TRANSITIONS_PER_RUN,
  };
}

function costOf(
  functionSec: number,
  memoryBytes: number,
  invocations: number,
  requests: BatchEstimate['requests'],
): BatchEstimate['cost'] {
  const lambda =
    functionSec * (memoryBytes / 1024 ** 3) * PRICES.lambdaGbSecond +
    invocations * PRICES.lambdaRequest;
  const stepFunctions = requests.transitions * PRICES.stateTransition;
  const s3 = requests.puts * PRICES.s3Put + requests.gets * PRICES.s3Get;
  return { lambda, stepFunctions, s3, total: lambda + stepFunctions + s3 };
}

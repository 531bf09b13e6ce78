import { TerminalError } from '../../shared/model/errors.ts';
import type { BatchPlan } from '../run/batch-plan.ts';
import { heldBytesOfMap } from '../run/held-bytes.ts';
import type { StepLimits } from '../run/step-limits.ts';
import { limitOf, type PlanLimit } from './plan-limits.ts';
import { EXCHANGE_RATIO, MAX_BUCKETS, REDUCE_WORK } from './plan-sizes.ts';
import { FILE_WEIGHT, TaskPacker } from './task-packer.ts';

/**
 * How a run is cut where each step is a function of its own with limited memory and time. Nothing
 * is kept on a function's disk: chunks are read by ranges, and the exchange is in the lake.
 */

const MIB = 1024 * 1024;

/**
 * Bytes of uncompressed CSV per second and function of one core. Measured 178 MB/s of CSV per CPU
 * second of each half of a run (docs/performance.md, `batch_10M`: 0.57 GB in 6.4 CPU seconds); a
 * third of it is planned with, for slower cores and for waiting for the store.
 */
export const MAP_BYTES_PER_SEC = 60e6;
export const REDUCE_BYTES_PER_SEC = 60e6;

/** Memory of a function apart from what grows with its input, as `plan-sizes.ts` adds it up. */
const FIXED_BYTES = 230 * MIB;

/** Slices on their way to a reduce step, and the sums that it holds before they are written. */
const TRANSIT_SHARE = 0.15;

/** What kernels can address holds a wave, its kept ids and all else of a reduce step. */
const MAX_WAVE_BYTES = 2_048 * MIB;

/** A step is planned to end within this share of its time limit: rates differ from day to day. */
const TIME_SHARE = 0.4;

/**
 * Each bucket reads a range of each task's object, and S3 answers 5,500 reads per second and prefix
 * (S3, "Optimizing performance"): few large tasks and buckets mean few large reads. As many as
 * these are enough to keep some hundred functions busy side by side.
 */
const WANTED_TASKS = 400;
const WANTED_BUCKETS = 200;

/** A bucket is planned this much larger than the mean: hashes do not deal evenly. */
const SKEW = 1.2;

/**
 * Bytes of window sums per byte of CSV, at most: an entry of 24 bytes for each order of 57 bytes,
 * where no two of them share window and product.
 */
const SUMS_RATIO = 0.45;

/** Share of a wave that a merge step holds of its cells, besides the names of its products. */
const RANGE_SHARE = 0.8;

/** Input of a reduce step that is worth a function of its own. */
const WANTED_BUCKET_BYTES = 512 * MIB;

/**
 * Most children of a map state. It takes the list of indexes in one payload and gives a status for
 * each: 256 KiB (Step Functions, "Service quotas") hold 30 bytes for each of them. A Distributed
 * Map itself runs up to 10,000 children in parallel.
 */
const MAX_CHILDREN = 8_000;

/** What the functions that see all inputs keep of each: key, etag, and where its records are. */
const INPUT_BYTES = 500;

/**
 * Files that the planner examines per second. Measured 413 µs of one core of a Xeon per GET of the
 * S3 client, without TLS (November 2026); half of that rate is planned with. Known files are
 * skipped, and if the time is up the next call continues.
 */
const LOOKS_PER_SEC = 1_250;

/**
 * Segments of an archive that the planner finds per second. Measured 70,000 where each request took
 * 20 ms, 120 segments to a manifest; archives with fewer to a manifest are slower.
 */
export const SEGMENTS_PER_SEC = 10_000;

/** Most inputs of a run: `INPUT_BYTES` of each, in half of a function's memory. */
const maxInputs = ({ functionMemoryBytes }: StepLimits) =>
  Math.floor((functionMemoryBytes - FIXED_BYTES) / 2 / INPUT_BYTES);

export interface InputSize {
  readonly key: string;
  readonly uncompressedBytes: number;
  /** One chunk, whatever its size. */
  readonly isWhole: boolean;
}

export interface StepPlan extends Pick<BatchPlan, 'bucketCount' | 'rangeCount' | 'waveBytes'> {
  readonly chunkBytes: number;
  readonly chunkCount: number;
  /** Bytes of small files in one task, as `TaskPacker` weighs them. */
  readonly taskBytes: number;
  readonly taskCount: number;
  readonly inputBytes: number;
  readonly limits: readonly PlanLimit[];
}

/**
 * Chooses chunks and buckets of a run on AWS so that each step fits its function; on one machine
 * `planMemory` (plan-sizes.ts) does. Throws `TerminalError`
 * `does_not_fit`, which says what is too large and what would help.
 */
export function planSteps(
  inputs: readonly InputSize[],
  options: {
    readonly limits: StepLimits;
    /** Chunks are at least so large. */
    readonly minChunkBytes: number;
    /** Size of the dimensions in memory. */
    readonly dimensionBytes: number;
    /** Rate at which the planner finds and examines inputs. */
    readonly inputsPerSec?: number;
  },
): StepPlan {
  const { limits, minChunkBytes, dimensionBytes, inputsPerSec = LOOKS_PER_SEC } = options;
  const stepSec = (limits.timeLimitMs / 1000) * TIME_SHARE;
  const inputBytes = inputs.reduce((sum, { uncompressedBytes }) => sum + uncompressedBytes, 0);
  if (inputs.length > maxInputs(limits)) {
    throw doesNotFit(
      `${inputs.length} files exceed the ${maxInputs(limits)} that a function with ` +
        `${limits.functionMemoryBytes} bytes can plan; raise aws.batchMemory, or use larger files`,
    );
  }
  const maxTaskBytes = MAP_BYTES_PER_SEC * stepSec;
  const sizes = { minBytes: minChunkBytes, maxBytes: maxTaskBytes, groupBytes: groupOf(limits) };
  const tasks = planTasks(inputs, inputBytes, sizes);
  const waveBytes = planWave(limits, dimensionBytes, inputs.length);
  const bucketCount = Math.max(
    1,
    Math.ceil((inputBytes * EXCHANGE_RATIO * SKEW) / waveBytes),
    Math.ceil((inputBytes * SKEW) / (REDUCE_BYTES_PER_SEC * stepSec)),
    Math.min(WANTED_BUCKETS, Math.ceil(inputBytes / WANTED_BUCKET_BYTES)),
  );
  // A merge step holds all sums of its range. More ranges than buckets would be worth nothing.
  const rangeCount = Math.min(
    bucketCount,
    Math.max(1, Math.ceil((inputBytes * SUMS_RATIO * SKEW) / (waveBytes * RANGE_SHARE))),
  );
  if (bucketCount > MAX_BUCKETS) {
    throw doesNotFit(
      `${inputBytes} bytes of CSV need ${bucketCount} buckets of ${waveBytes} bytes; allowed: ` +
        `up to ${MAX_BUCKETS}; raise aws.batchMemory, or load fewer files at once`,
    );
  }
  const wholeBytes = inputs.reduce(
    (most, { isWhole, uncompressedBytes }) => Math.max(most, isWhole ? uncompressedBytes : 0),
    0,
  );
  return {
    ...tasks,
    ...{ bucketCount, rangeCount, waveBytes, inputBytes },
    limits: [
      limitOf('map_tasks', tasks.taskCount, MAX_CHILDREN),
      limitOf('buckets', bucketCount, MAX_BUCKETS),
      limitOf('files', inputs.length, maxInputs(limits)),
      limitOf('plan_seconds', Math.ceil(inputs.length / inputsPerSec), limits.timeLimitMs / 1000),
      limitOf('largest_whole_file_bytes', wholeBytes, maxTaskBytes),
    ],
  };
}

function planTasks(
  inputs: readonly InputSize[],
  inputBytes: number,
  {
    minBytes,
    maxBytes: maxTaskBytes,
    groupBytes,
  }: { readonly minBytes: number; readonly maxBytes: number; readonly groupBytes: number },
) {
  const slow = inputs.find(
    ({ isWhole, uncompressedBytes }) => isWhole && uncompressedBytes > maxTaskBytes,
  );
  if (slow !== undefined) {
    throw doesNotFit(
      `${slow.key} holds about ${slow.uncompressedBytes} bytes, but a function reads at most ` +
        `${maxTaskBytes}, and gzip and UTF-16 cannot be split; store it as several files`,
    );
  }
  const wanted = (bytes: number) => {
    const share = Math.ceil(bytes / WANTED_TASKS / MIB) * MIB;
    return Math.min(Math.max(minBytes, Math.min(share, groupBytes)), maxTaskBytes);
  };
  let chunkBytes = wanted(inputBytes);
  let taskBytes = wanted(inputBytes + inputs.length * FILE_WEIGHT);
  // Files that are cut end with a chunk that is not full, so larger ones may be needed.
  for (;;) {
    const counts = countTasks(inputs, chunkBytes, taskBytes);
    if (counts.taskCount <= MAX_CHILDREN) return { chunkBytes, taskBytes, ...counts };
    if (chunkBytes >= maxTaskBytes && taskBytes >= maxTaskBytes) {
      throw doesNotFit(
        `${inputs.length} files of ${inputBytes} bytes make ${counts.taskCount} tasks of up to ` +
          `${taskBytes} bytes, but a map state takes ${MAX_CHILDREN}; load fewer files at once`,
      );
    }
    chunkBytes = Math.min(chunkBytes * 2, maxTaskBytes);
    taskBytes = Math.min(Math.max(taskBytes * 2, chunkBytes), maxTaskBytes);
  }
}

/** Bytes of CSV whose blocks a map step holds: its object is one group then. */
function groupOf({ functionMemoryBytes }: StepLimits): number {
  return Math.floor(heldBytesOfMap(functionMemoryBytes) / EXCHANGE_RATIO / MIB) * MIB;
}

function countTasks(inputs: readonly InputSize[], chunkBytes: number, taskBytes: number) {
  const packer = new TaskPacker(taskBytes);
  for (const { isWhole, uncompressedBytes } of inputs) {
    const count = isWhole ? 1 : Math.max(1, Math.ceil(uncompressedBytes / chunkBytes));
    packer.add(count, uncompressedBytes);
  }
  return { chunkCount: packer.chunkCount, taskCount: packer.taskEnds.length };
}

/** Bytes of the exchange that a reduce step takes at once. */
function planWave(
  { functionMemoryBytes }: StepLimits,
  dimensionBytes: number,
  inputCount: number,
): number {
  const transitBytes = functionMemoryBytes * TRANSIT_SHARE;
  const inputsBytes = inputCount * INPUT_BYTES;
  // Dimensions as they are read, and as they are looked up.
  const takenBytes = FIXED_BYTES + transitBytes + inputsBytes + dimensionBytes * 2;
  const freeBytes = functionMemoryBytes - takenBytes;
  if (freeBytes < 64 * MIB) {
    throw doesNotFit(
      `dimensions of ${dimensionBytes} bytes and ${inputCount} files leave no room in a function with ` +
        `${functionMemoryBytes} bytes; raise aws.batchMemory`,
    );
  }
  return Math.floor(Math.min(freeBytes / (1 + REDUCE_WORK), MAX_WAVE_BYTES));
}

function doesNotFit(message: string): TerminalError {
  return new TerminalError('does_not_fit', message);
}

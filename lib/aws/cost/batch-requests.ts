/**
 * What a batch run asks of S3, step by step. `test/unit/aws/batch-requests.test.ts` runs one and
 * counts the same.
 */

/** `s3-writer.ts`: an upload that is larger begins, has parts, and ends. */
const PART_BYTES = 8 * 1024 ** 2;

export interface RunShape {
  readonly files: number;
  /** Parts of the stored plan. */
  readonly planParts: number;
  readonly taskCount: number;
  readonly bucketCount: number;
  readonly rangeCount: number;
  /** Objects of dimensions. */
  readonly dimensionFiles: number;
  /** Days that each bucket has orders of: each is a file of each row table. */
  readonly days: number;
  /** Functions that serve the steps of a map state: each reads once what steps share. */
  readonly processes: number;
  readonly inputBytes: number;
  readonly exchangeBytes: number;
  readonly tableBytes: number;
  /** Objects of the indexes of exchange and sums. */
  readonly exchangeStripes: number;
  readonly sumsStripes: number;
}

/** `puts` are billed as such, listings among them. */
export interface StageRequests {
  readonly landingGets: number;
  readonly gets: number;
  readonly puts: number;
}

export type StageName = 'plan' | 'map' | 'check' | 'reduce' | 'merge' | 'publish';

/** Tables of single orders that each day has a file of: orders and cancelled. */
const DAY_TABLES = 2;

/** Duplicates and quarantine, a file of each bucket. */
const BUCKET_TABLES = 2;

/** Revenue by window and by product, a file of each range. */
const RANGE_TABLES = 2;

/** Tables of sums, manifest, CURRENT, and listings of what is removed. */
const PUBLISH_PUTS = 18;

/** S3 requests of a run by stage, counted as the stages' code makes them. */
export function requestsByStage(shape: RunShape): Record<StageName, StageRequests> {
  const { taskCount, bucketCount, rangeCount, planParts, processes, dimensionFiles } = shape;
  const mapProcesses = Math.min(processes, taskCount);
  const reduceProcesses = Math.min(processes, bucketCount);
  const mergeProcesses = Math.min(processes, rangeCount);
  const tableFiles = bucketCount * (DAY_TABLES * shape.days + BUCKET_TABLES);
  const large = planParts > 1 ? planParts : 0;
  return {
    // A listing of a thousand files is a put; each file that is not known is looked at.
    plan: {
      landingGets: shape.files + dimensionFiles,
      gets: 3 + large,
      puts: Math.ceil(shape.files / 1000) + 2 + large + 1,
    },
    map: {
      landingGets: Math.max(shape.files, taskCount, Math.ceil(shape.inputBytes / PART_BYTES)),
      gets: mapProcesses + (large > 0 ? Math.max(large, mapProcesses) : 0),
      puts: uploads(taskCount, shape.exchangeBytes) + taskCount,
    },
    // Results and footers, of tasks and then of buckets.
    check: {
      landingGets: 0,
      gets: 2 + large + 2 * taskCount + 2 * bucketCount,
      puts: 3 + shape.exchangeStripes + shape.sumsStripes,
    },
    reduce: {
      landingGets: reduceProcesses * dimensionFiles,
      gets: 2 * reduceProcesses + bucketCount * (shape.exchangeStripes + taskCount),
      puts: uploads(tableFiles, shape.tableBytes) + 2 * bucketCount,
    },
    merge: {
      landingGets: 0,
      gets: 2 * mergeProcesses + rangeCount * (shape.sumsStripes + bucketCount),
      puts: rangeCount * (RANGE_TABLES + 1),
    },
    publish: {
      landingGets: dimensionFiles,
      gets: 2 + large + taskCount + bucketCount + rangeCount,
      puts: PUBLISH_PUTS,
    },
  };
}

/** Number of S3 requests to write objects of about equal size that have `sumBytes` together. */
export function uploads(objects: number, sumBytes: number): number {
  const parts = Math.ceil(sumBytes / objects / PART_BYTES);
  return objects * (parts <= 1 ? 1 : parts + 2);
}

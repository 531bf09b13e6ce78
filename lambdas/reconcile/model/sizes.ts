/** Rows of a report that are sorted in memory; more are spilled in sorted runs and merged. */
export interface SortSizes {
  readonly runRows: number;
  /** Rows of one run in memory while runs are merged. */
  readonly blockRows: number;
}

/** How a comparison is cut so that it stays within its memory. None of it changes the result. */
export interface CompareSizes {
  readonly recordPartitions: number;
  /** Most bytes of one partition's records; no limit once there can be no more partitions. */
  readonly recordBytesMax: number;
  readonly cellPartitions: number;
  /** Rows that are held before they are dealt out. */
  readonly bufferRows: number;
  readonly sort: SortSizes;
}

/** The process itself, and the row group that is being read. */
const BASE_BYTES = 320 * 1024 * 1024;
/**
 * Smallest share of the limit, whatever the process takes: less would needlessly cut small inputs.
 */
const SHARE_MIN = 0.25;
/** A counted record of batch with its id, position and place in the index. */
const RECORD_BYTES = 300;
const CELL_BYTES = 200;
/** A row of the report as an object. */
const ROW_BYTES = 1024;
const BUFFERED_BYTES = 400;
const SPILLED_FACTOR = 4;
const PARTITIONS_MAX = 1024;
const BUFFER_ROWS_MAX = 65_536;
const RUN_ROWS_MAX = 50_000;

/**
 * Chooses the number of partitions and buffer sizes for a memory limit. `records` are batch's
 * counted ones, because equal ones of the stream are dropped. `growth` multiplies the partitions,
 * after an earlier attempt with too few.
 */
export function planSizes(input: {
  readonly memoryLimitBytes: number;
  readonly records: number;
  readonly cells: number;
  readonly growth: number;
}): CompareSizes {
  const { memoryLimitBytes, records, cells, growth } = input;
  const bytes = Math.max(memoryLimitBytes - BASE_BYTES, memoryLimitBytes * SHARE_MIN);
  const recordBytesMax = bytes * 0.7;
  const runRows = clamp((bytes * 0.1) / ROW_BYTES, 16, RUN_ROWS_MAX);
  const wanted = Math.max(1, Math.ceil((records * RECORD_BYTES) / recordBytesMax)) * growth;
  // Once records are spilled, smaller partitions cost little, and less of the one before waits
  // beside the next one to be collected.
  const recordPartitions = clamp(wanted === 1 ? 1 : wanted * SPILLED_FACTOR, 1, PARTITIONS_MAX);
  return {
    recordPartitions,
    recordBytesMax: recordPartitions === PARTITIONS_MAX ? Number.POSITIVE_INFINITY : recordBytesMax,
    cellPartitions: clamp(Math.ceil((cells * CELL_BYTES) / (bytes * 0.2)), 1, PARTITIONS_MAX),
    bufferRows: clamp((bytes * 0.1) / BUFFERED_BYTES, 16, BUFFER_ROWS_MAX),
    sort: { runRows, blockRows: clamp(runRows / 50, 4, 1_000) },
  };
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, Math.floor(value)));
}

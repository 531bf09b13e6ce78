import { isGzip as isGzipHead } from '../../shared/ingest/input-kind.ts';
import { asInputChanged, type LandingObject } from '../../shared/ingest/list-landing.ts';
import { ObjectUnreadableError } from '../../shared/model/errors.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { inParallel } from '../../shared/runtime/parallel.ts';
import type { PlannedInput } from '../run/batch-plan.ts';

/**
 * Resident memory of a process besides the exchange and the rows of its reduce steps, and what each
 * worker adds (measured: heaps and code, window, columns of a block and of a row group, the Parquet
 * writer's buffers).
 */
const PROCESS_BYTES = 100 * 1024 * 1024;
const WORKER_BYTES = 80 * 1024 * 1024;

/**
 * What a worker needs more where the exchange is spilled: blocks on their way, many small slices.
 */
const SPILLING_WORKER_BYTES = 50 * 1024 * 1024;

/** A run continues with this much even if less is left, and exceeds its limit. */
const LEAST_FREE_BYTES = 16 * 1024 * 1024;

/**
 * Bytes in the exchange, and bytes of work in a reduce step, per byte of uncompressed CSV
 * (measured, rounded up).
 */
export const EXCHANGE_RATIO = 0.68;
const REDUCE_RATIO = 0.2;

/** Work of a reduce step per byte of the exchange. */
export const REDUCE_WORK = REDUCE_RATIO / EXCHANGE_RATIO;

/** A bucket smaller than this is not worth a step of its own. */
const MIN_BUCKET_BYTES = 32 * 1024 * 1024;

/** Hash values that deal ids into buckets have 16 bits; a file name holds four digits. */
export const MAX_BUCKETS = 4096;

export interface MemoryPlan {
  readonly bucketCount: number;
  /** How much of the exchange stays in memory; the rest is spilled. */
  readonly exchangeBytesInMemory: number;
  /** Memory of one reduce step. */
  readonly reduceBytes: number;
  /** Bytes of the exchange that a reduce step takes at once, so that it stays within that. */
  readonly waveBytes: number;
}

export interface MemoryNeeds {
  readonly inputBytes: number;
  /** Size of the dimensions in memory; each thread has its own copy. */
  readonly dimensionBytes: number;
  readonly workers: number;
  readonly memoryLimitBytes: number;
}

/**
 * A reduce step with less than this writes so many small files that more workers take longer: with
 * 30 MiB each a run of 10 M orders takes 1.9 times the CPU time, with 3 MiB 5 times.
 */
const LEAST_REDUCE_BYTES = 48 * 1024 * 1024;

/** Factor by which spilling increases the CPU time, at best (docs/performance.md). */
const SPILLING_COST = 1.5;

/**
 * The number of workers that fit the memory limit, at least one: as many as leave room for the
 * whole exchange, or clearly more if each has enough memory to spill.
 */
export function carriedWorkers(needs: MemoryNeeds): number {
  const most = (isCarried: (workers: number) => boolean) => {
    let workers = needs.workers;
    while (workers > 0 && !isCarried(workers)) workers--;
    return workers;
  };
  const inMemory = most((workers) => neededBytes(needs, workers) <= needs.memoryLimitBytes);
  const spilling = most(
    (workers) => planMemory({ ...needs, workers }).reduceBytes >= LEAST_REDUCE_BYTES,
  );
  return Math.max(1, spilling > inMemory * SPILLING_COST ? spilling : inMemory);
}

/** Bytes of memory with which this many workers would spill nothing. */
export function neededBytes(
  { inputBytes, dimensionBytes }: Pick<MemoryNeeds, 'inputBytes' | 'dimensionBytes'>,
  workers: number,
): number {
  const exchangeBytes = inputBytes * (EXCHANGE_RATIO + REDUCE_RATIO);
  return Math.ceil(fixedBytes(dimensionBytes, workers) + exchangeBytes);
}

function fixedBytes(dimensionBytes: number, workers: number): number {
  return PROCESS_BYTES + WORKER_BYTES * workers + dimensionBytes * (1 + workers);
}

/**
 * Divides the memory of a run on one machine between the exchange and the reduce steps of its
 * workers, and so gives its number of buckets. On AWS `planSteps` (function-sizes.ts) does.
 */
export function planMemory(needs: MemoryNeeds): MemoryPlan {
  const { inputBytes, dimensionBytes, workers, memoryLimitBytes } = needs;
  const leftBytes = memoryLimitBytes - fixedBytes(dimensionBytes, workers);
  const freeBytes = Math.max(leftBytes, LEAST_FREE_BYTES);
  const fits = inputBytes * (EXCHANGE_RATIO + REDUCE_RATIO) <= freeBytes;
  if (fits) {
    const wanted = Math.min(workers, Math.floor(inputBytes / MIN_BUCKET_BYTES));
    const reduceBytes = (freeBytes - inputBytes * EXCHANGE_RATIO) / workers;
    return {
      bucketCount: Math.max(1, wanted),
      exchangeBytesInMemory: freeBytes - inputBytes * REDUCE_RATIO,
      reduceBytes,
      waveBytes: Math.floor(reduceBytes / REDUCE_WORK),
    };
  }
  const spillingBytes = Math.max(leftBytes - SPILLING_WORKER_BYTES * workers, LEAST_FREE_BYTES);
  const exchangeBytesInMemory = Math.floor(spillingBytes * 0.2);
  const reduceBytes = Math.floor((spillingBytes - exchangeBytesInMemory) / workers);
  const bucketBytes = inputBytes * (EXCHANGE_RATIO + REDUCE_RATIO);
  const bucketCount = Math.min(
    MAX_BUCKETS,
    Math.max(workers, Math.ceil(bucketBytes / reduceBytes)),
  );
  // Spilled slices are loaded as well.
  const waveBytes = Math.floor(reduceBytes / (1 + REDUCE_WORK));
  return { bucketCount, exchangeBytesInMemory, reduceBytes, waveBytes };
}

/**
 * A gzip file says its size modulo 2^32 in its last four bytes; this is what it is taken for where
 * that cannot be.
 */
const GZIP_RATIO = 12;

const GZIP_MAGIC_BYTES = 2;
/** Size of an empty gzip member. */
const GZIP_BYTES_MIN = 18;

/** Uncompressed bytes of a segment's events per stored byte, approximately at most. */
const SEGMENT_RATIO = 12;

const PARALLEL_READS = 16;

/** An input, or a dimension whose content is not known yet. */
type SizedObject = LandingObject & Pick<Partial<PlannedInput>, 'kind' | 'uncompressedBytes'>;

/**
 * Uncompressed bytes of all inputs together, estimated for gzip. Throws `TerminalError`
 * `input_changed`.
 */
export async function uncompressedBytes(
  landing: ObjectStore,
  inputs: readonly SizedObject[],
): Promise<number> {
  const sizes = await uncompressedSizes(landing, inputs);
  return sizes.reduce((total, { uncompressedBytes: bytes }) => total + bytes, 0);
}

/** As `uncompressedBytesOf`, of each input. */
export async function uncompressedSizes(
  landing: ObjectStore,
  inputs: readonly SizedObject[],
): Promise<UncompressedSize[]> {
  return await inParallel(inputs, PARALLEL_READS, (input) => uncompressedBytesOf(landing, input));
}

interface UncompressedSize {
  readonly uncompressedBytes: number;
  readonly isGzip: boolean;
}

/**
 * Uncompressed bytes of one input, estimated for gzip, and whether it is gzip, which cannot be cut.
 * Throws `TerminalError` `input_changed`.
 */
export async function uncompressedBytesOf(
  landing: ObjectStore,
  input: SizedObject,
): Promise<UncompressedSize> {
  const { kind, uncompressedBytes: known } = input;
  if (known !== undefined) return { uncompressedBytes: known, isGzip: kind === 'gzip' };
  const isGzip = kind === undefined ? await startsAsGzip(landing, input) : kind === 'gzip';
  if (isGzip) return { uncompressedBytes: await gzipBytes(landing, input), isGzip };
  return { uncompressedBytes: plannedBytes(input), isGzip };
}

/** Uncompressed bytes of an input that was examined before, without reading it again. */
export function plannedBytes({ kind, sizeBytes, uncompressedBytes }: SizedObject): number {
  return uncompressedBytes ?? sizeBytes * (kind === 'segment' ? SEGMENT_RATIO : 1);
}

async function startsAsGzip(landing: ObjectStore, input: LandingObject): Promise<boolean> {
  if (input.sizeBytes < GZIP_MAGIC_BYTES) return false;
  const bytes = await bytesOf(landing, input, 0, GZIP_MAGIC_BYTES);
  return bytes !== null && isGzipHead(bytes);
}

async function gzipBytes(landing: ObjectStore, input: LandingObject): Promise<number> {
  const { sizeBytes } = input;
  if (sizeBytes < GZIP_BYTES_MIN) return 0; // Rejected when it is read.
  const trailer = await bytesOf(landing, input, sizeBytes - 4, sizeBytes);
  if (trailer === null) return 0;
  const stated = new DataView(trailer.buffer, trailer.byteOffset, 4).getUint32(0, true);
  return stated >= sizeBytes ? stated : sizeBytes * GZIP_RATIO;
}

/** Null: the store refuses this object, which is said where the whole of it is read. */
async function bytesOf(
  landing: ObjectStore,
  { key, etag }: LandingObject,
  startByte: number,
  endByte: number,
): Promise<Uint8Array | null> {
  try {
    return await landing.get(key, { range: { startByte, endByte }, ifMatch: etag });
  } catch (error) {
    if (error instanceof ObjectUnreadableError) return null;
    throw asInputChanged(key, error);
  }
}

import { rangeSource } from '../../shared/ingest/byte-sources.ts';
import { type HeaderResult, parseHeader } from '../../shared/ingest/csv-header.ts';
import {
  asInputChanged,
  isGzip,
  isSegment,
  type LandingObject,
  type LandingObjects,
  listLanding,
} from '../../shared/ingest/list-landing.ts';
import { RecordReader } from '../../shared/ingest/record-reader.ts';
import { MAX_RECORD_BYTES, ORDER_FIELDS } from '../../shared/model/order.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { ObjectUnreadableError, TerminalError } from '../../shared/runtime/errors.ts';
import { inParallel } from '../../shared/runtime/parallel.ts';
import { BATCH_CURRENT_KEY } from '../../shared/state/batch-keys.ts';
import { readCurrentPointer } from '../../shared/state/current-pointer.ts';
import type { BatchPlan, PlannedChunk, PlannedInput, RejectedFile } from '../batch-plan.ts';
import type { RawSegment } from './list-segments.ts';

/** Bytes read of each plain file for its header; more are read only if they do not hold it. */
const HEADER_BYTES = 16 * 1024;
const MAX_HEADER_BYTES = MAX_RECORD_BYTES + HEADER_BYTES;

/** Headers that are read at once: a store far away answers slowly, but many at a time. */
const PARALLEL_READS = 16;

export interface PlanOptions {
  readonly runId: string;
  readonly createdAt: string;
  readonly codeVersion: string;
  readonly configHash: string;
  /** For messages: the folder or the bucket. */
  readonly landingName: string;
  /** Unless `chooseSizes` says otherwise. */
  readonly chunkBytes: number;
  /** Raw segments, in order of keys, instead of the orders files in landing. */
  readonly segments?: readonly RawSegment[];
  /** Chosen from the sizes of orders files and dimensions. */
  readonly chooseSizes: (
    inputs: readonly PlannedInput[],
    dimensions: readonly LandingObject[],
  ) => Promise<Pick<BatchPlan, 'bucketCount' | 'waveBytes'> & { readonly chunkBytes?: number }>;
}

/**
 * Fixes what a run reads and how it is cut (architecture §3.1). Throws `TerminalError`:
 * `landing_empty`, where there is no orders file; `input_changed`, where a file changes while it is
 * looked at.
 */
export async function planRun(
  landing: ObjectStore,
  lake: ObjectStore,
  options: PlanOptions,
): Promise<BatchPlan> {
  const objects = await listLanding(landing);
  const { inputs, rejectedFiles } = await readInputs(landing, objects, options);
  const dimensions = [...objects.customers, ...objects.products];
  const { runId, createdAt, codeVersion, configHash } = options;
  const { bucketCount, waveBytes, chunkBytes } = {
    chunkBytes: options.chunkBytes,
    ...(await options.chooseSizes(inputs, dimensions)),
  };
  return {
    planFormat: 2,
    runId,
    createdAt,
    codeVersion,
    configHash,
    inputs,
    rejectedFiles,
    customers: objects.customers,
    products: objects.products,
    chunks: cutChunks(inputs, chunkBytes),
    bucketCount,
    rangeCount: bucketCount,
    waveBytes,
    previous: await readCurrentPointer(lake, BATCH_CURRENT_KEY),
  };
}

async function readInputs(
  landing: ObjectStore,
  objects: LandingObjects,
  { segments, landingName }: PlanOptions,
): Promise<Pick<BatchPlan, 'inputs' | 'rejectedFiles'>> {
  if (segments !== undefined) {
    const inputs = segments.map((object) => ({ ...object, layout: null, dataOffset: 0 }));
    return { inputs, rejectedFiles: [] };
  }
  if (objects.orders.length > 0) return await readHeaders(landing, objects);
  const message = `no orders/**/*.csv or *.csv.gz below ${landingName}`;
  throw new TerminalError('landing_empty', message);
}

async function readHeaders(landing: ObjectStore, { orders }: LandingObjects) {
  const inputs: PlannedInput[] = [];
  const rejectedFiles: RejectedFile[] = [];
  const unreadable: ObjectUnreadableError[] = [];
  const headers = await inParallel(orders, PARALLEL_READS, async (object, index) => {
    try {
      return isGzip(object.key) ? await touch(landing, object) : await readHeader(landing, object);
    } catch (error) {
      if (!(error instanceof ObjectUnreadableError)) throw error;
      unreadable[index] = error;
      return { kind: 'rejected', reason: error.reason } as const;
    }
  });
  // Nothing may be read: that is no matter of files.
  const denied = Object.values(unreadable);
  if (denied.length === orders.length) throw denied[0];
  headers.forEach((header, index) => {
    const object = orders[index];
    if (header === null) {
      inputs.push({ ...object, layout: null, dataOffset: 0 });
    } else if (header.kind === 'header') {
      inputs.push({ ...object, layout: header.layout, dataOffset: header.end });
    } else {
      rejectedFiles.push({ key: object.key, reason: header.reason });
    }
  });
  return { inputs, rejectedFiles };
}

/** Whether a gzip file may be read at all; what it holds is seen when it is read whole. */
async function touch(landing: ObjectStore, object: LandingObject): Promise<null> {
  await readUnchanged(landing, object, { startByte: 0, endByte: Math.min(1, object.sizeBytes) });
  return null;
}

async function readHeader(
  landing: ObjectStore,
  object: LandingObject,
): Promise<Exclude<HeaderResult, { kind: 'incomplete' }>> {
  for (const wantedBytes of [HEADER_BYTES, MAX_HEADER_BYTES]) {
    const range = { startByte: 0, endByte: Math.min(wantedBytes, object.sizeBytes) };
    const bytes = await readUnchanged(landing, object, range);
    const isLast = range.endByte === object.sizeBytes;
    const header = parseHeader(bytes, bytes.length, isLast, ORDER_FIELDS);
    if (header.kind !== 'incomplete') return header;
  }
  // More than 16 KiB of empty lines come first.
  const reader = new RecordReader(rangeSource(landing, object, 0, object.sizeBytes), 0);
  try {
    return await reader.header(ORDER_FIELDS);
  } catch (error) {
    throw asInputChanged(object.key, error);
  }
}

async function readUnchanged(
  landing: ObjectStore,
  { key, etag }: LandingObject,
  range: { startByte: number; endByte: number },
): Promise<Uint8Array> {
  if (range.endByte === 0) return new Uint8Array(0);
  try {
    return await landing.get(key, { range, ifMatch: etag });
  } catch (error) {
    throw asInputChanged(key, error);
  }
}

function cutChunks(inputs: readonly PlannedInput[], chunkBytes: number): PlannedChunk[] {
  const chunks: PlannedChunk[] = [];
  inputs.forEach(({ key, sizeBytes, dataOffset }, inputIndex) => {
    let startByte = dataOffset;
    do {
      const isWhole = isGzip(key) || isSegment(key);
      const endByte = isWhole ? sizeBytes : Math.min(startByte + chunkBytes, sizeBytes);
      chunks.push({ chunkIndex: chunks.length, inputIndex, startByte, endByte });
      startByte = endByte;
    } while (startByte < sizeBytes);
  });
  return chunks;
}

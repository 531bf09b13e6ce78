import { rangeSource } from '../../shared/ingest/byte-sources.ts';
import { type HeaderResult, parseHeader } from '../../shared/ingest/csv-header.ts';
import type { CsvLayout } from '../../shared/ingest/csv-layout.ts';
import { emptyLanding } from '../../shared/ingest/empty-landing.ts';
import { ORDER_COLUMNS } from '../../shared/ingest/header-columns.ts';
import {
  FIRST_BYTES,
  type InputKind,
  isDecoded,
  kindOf,
  MAX_FIRST_BYTES,
} from '../../shared/ingest/input-kind.ts';
import {
  asInputChanged,
  type LandingObject,
  type LandingObjects,
  listLanding,
} from '../../shared/ingest/list-landing.ts';
import { RecordReader } from '../../shared/ingest/record-reader.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { ObjectUnreadableError } from '../../shared/runtime/errors.ts';
import { inParallel } from '../../shared/runtime/parallel.ts';
import { BATCH_CURRENT_KEY } from '../../shared/state/batch-keys.ts';
import { readCurrentPointer } from '../../shared/state/current-pointer.ts';
import type { BatchPlan, PlannedChunk, PlannedInput, RejectedFile } from '../batch-plan.ts';
import type { RawSegment } from './list-segments.ts';

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
    ignored: objects.ignored,
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
    const inputs = segments.map((object) => plannedInput(object, 'segment'));
    return { inputs, rejectedFiles: [] };
  }
  if (objects.orders.length === 0) throw await emptyLanding(landing, landingName, objects);
  const looks = await inParallel(objects.orders, PARALLEL_READS, (object) =>
    lookUnlessRefused(landing, object),
  );
  const refused = looks.filter((look) => look instanceof ObjectUnreadableError);
  // Nothing may be read: that is no matter of files.
  if (refused.length === looks.length) throw refused[0];
  return {
    inputs: withSharedLayouts(looks.filter((look) => 'kind' in look)),
    rejectedFiles: looks.flatMap((look, index) => {
      return 'reason' in look ? [{ key: objects.orders[index].key, reason: look.reason }] : [];
    }),
  };
}

/** Most files have the same header: one layout for all of them. */
function withSharedLayouts(inputs: readonly PlannedInput[]): PlannedInput[] {
  const layouts = new Map<string, CsvLayout | null>();
  return inputs.map((input) => {
    const name = JSON.stringify(input.layout);
    const layout = layouts.get(name) ?? input.layout;
    layouts.set(name, layout);
    return { ...input, layout };
  });
}

function plannedInput(
  object: LandingObject,
  kind: InputKind,
  dataOffset = 0,
  layout: CsvLayout | null = null,
): PlannedInput {
  return { ...object, kind, layout, dataOffset };
}

async function lookUnlessRefused(landing: ObjectStore, object: LandingObject) {
  try {
    return await lookAt(landing, object);
  } catch (error) {
    if (error instanceof ObjectUnreadableError) return error;
    throw error;
  }
}

/** What an orders file is, by its first bytes, and what its header says. */
async function lookAt(
  landing: ObjectStore,
  object: LandingObject,
): Promise<PlannedInput | RejectedFile> {
  for (const wantedBytes of [FIRST_BYTES, MAX_FIRST_BYTES]) {
    const endByte = Math.min(wantedBytes, object.sizeBytes);
    const bytes = await readUnchanged(landing, object, endByte);
    const found = kindOf(bytes, endByte, endByte === object.sizeBytes);
    if (found.kind === 'undecided') continue;
    if (found.kind === 'unsupported') {
      return { key: object.key, reason: `format_unsupported: ${found.name}` };
    }
    if (found.kind === 'ndjson') return plannedInput(object, 'ndjson', found.startByte);
    if (found.kind !== 'csv') return plannedInput(object, found.kind);
    const header = parseHeader(bytes, endByte, endByte === object.sizeBytes, ORDER_COLUMNS);
    if (header.kind !== 'incomplete') return withHeader(object, header);
  }
  // More than 16 KiB of empty lines come first.
  const reader = new RecordReader(rangeSource(landing, object, 0, object.sizeBytes), 0);
  try {
    return withHeader(object, await reader.header(ORDER_COLUMNS));
  } catch (error) {
    throw asInputChanged(object.key, error);
  }
}

function withHeader(
  object: LandingObject,
  header: Exclude<HeaderResult, { kind: 'incomplete' }>,
): PlannedInput | RejectedFile {
  return header.kind === 'header'
    ? plannedInput(object, 'csv', header.end, header.layout)
    : { key: object.key, reason: header.reason };
}

async function readUnchanged(
  landing: ObjectStore,
  { key, etag }: LandingObject,
  endByte: number,
): Promise<Uint8Array> {
  if (endByte === 0) return new Uint8Array(0);
  try {
    return await landing.get(key, { range: { startByte: 0, endByte }, ifMatch: etag });
  } catch (error) {
    throw asInputChanged(key, error);
  }
}

function cutChunks(inputs: readonly PlannedInput[], chunkBytes: number): PlannedChunk[] {
  const chunks: PlannedChunk[] = [];
  inputs.forEach(({ kind, sizeBytes, dataOffset }, inputIndex) => {
    let startByte = dataOffset;
    do {
      const endByte = isDecoded(kind) ? sizeBytes : Math.min(startByte + chunkBytes, sizeBytes);
      chunks.push({ chunkIndex: chunks.length, inputIndex, startByte, endByte });
      startByte = endByte;
    } while (startByte < sizeBytes);
  });
  return chunks;
}

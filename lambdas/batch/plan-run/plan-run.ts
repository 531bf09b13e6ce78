import { emptyLanding } from '../../shared/ingest/empty-landing.ts';
import { isDecoded } from '../../shared/ingest/input-kind.ts';
import {
  type LandingObject,
  type LandingObjects,
  listLanding,
} from '../../shared/ingest/list-landing.ts';
import type { InputForms } from '../../shared/ingest/mapping/input-form.ts';
import { assert, ObjectUnreadableError } from '../../shared/model/errors.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { BATCH_CURRENT_KEY } from '../../shared/state/batch-keys.ts';
import { readCurrentPointer } from '../../shared/state/current-pointer.ts';
import { EXCHANGE_FORMAT } from '../exchange/slice-layout.ts';
import type { BatchPlan, PlannedChunk, PlannedInput } from '../run/batch-plan.ts';
import { InternedLayouts } from '../run/interned-layouts.ts';
import type { RawSegment } from './list-segments.ts';
import { type LookOrRefusal, lookAtFiles, plannedInput } from './look-at-files.ts';

/** Files that are looked at at once. */
const PARALLEL_LOOKS = 16;

export interface PlanOptions {
  readonly runId: string;
  readonly createdAt: string;
  readonly codeVersion: string;
  readonly configHash: string;
  readonly forms: InputForms;
  /** The folder or bucket, for messages. */
  readonly landingName: string;
  /** Used unless `chooseSizes` overrides it. */
  readonly chunkBytes: number;
  /** Raw segments, in order of keys, instead of the orders files in landing. */
  readonly segments?: readonly RawSegment[];
  /** The listing of landing and looks at its orders, if they have been made already. */
  readonly looked?: {
    readonly objects: LandingObjects;
    readonly looks: readonly LookOrRefusal[];
  };
  /**
   * How many buckets the run has and how large its chunks are, from the sizes of orders files and
   * dimensions: `planMemory` (plan-sizes.ts) where one machine does all, `planSteps`
   * (function-sizes.ts) where each step has a function of its own.
   */
  readonly chooseSizes: (
    inputs: readonly PlannedInput[],
    dimensions: readonly LandingObject[],
  ) => Promise<
    Pick<BatchPlan, 'bucketCount' | 'waveBytes'> &
      Partial<Pick<BatchPlan, 'rangeCount'>> & { readonly chunkBytes?: number }
  >;
}

/**
 * Fixes what a run reads and how it is cut into chunks (architecture §3.1). Throws `TerminalError`:
 * `landing_empty` if there is no orders file; `input_changed` if a file changes meanwhile.
 */
export async function planRun(
  landing: ObjectStore,
  lake: ObjectStore,
  options: PlanOptions,
): Promise<BatchPlan> {
  const objects = options.looked?.objects ?? (await listLanding(landing));
  const { inputs, rejectedFiles } = await readInputs(landing, objects, options);
  const dimensions = [...objects.customers, ...objects.products];
  const { runId, createdAt, codeVersion, configHash } = options;
  const sizes = await options.chooseSizes(inputs, dimensions);
  const { bucketCount, waveBytes } = sizes;
  const { chunkBytes = options.chunkBytes, rangeCount = bucketCount } = sizes;
  return {
    planFormat: 3,
    exchangeFormat: EXCHANGE_FORMAT,
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
    rangeCount,
    waveBytes,
    previous: await readCurrentPointer(lake, BATCH_CURRENT_KEY),
  };
}

async function readInputs(
  landing: ObjectStore,
  objects: LandingObjects,
  { segments, landingName, looked, forms }: PlanOptions,
): Promise<Pick<BatchPlan, 'inputs' | 'rejectedFiles'>> {
  if (segments !== undefined) {
    const inputs = segments.map((object) => {
      return { ...plannedInput(object, 'segment'), sha256: object.sha256 };
    });
    return { inputs, rejectedFiles: [] };
  }
  if (objects.orders.length === 0) throw await emptyLanding(landing, landingName, objects);
  const looks =
    looked?.looks ??
    (await lookAtFiles(landing, objects.orders, { parallel: PARALLEL_LOOKS, forms }));
  assert(looks !== null, 'without a memory of looks the time is never up');
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
  const layouts = new InternedLayouts();
  return inputs.map((input) => {
    const { layout } = input;
    return layout === null ? input : { ...input, layout: layouts.shared(layout) };
  });
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

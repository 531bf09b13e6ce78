import { createHash } from 'node:crypto';
import type { CsvLayout } from '../../shared/ingest/csv-layout.ts';
import { assert } from '../../shared/model/errors.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { compactJsonBytes, jsonBytes, parseJson } from '../../shared/runtime/json.ts';
import { inParallel } from '../../shared/runtime/parallel.ts';
import { putOnce } from '../../shared/state/put-once.ts';
import {
  type BatchPlan,
  type PlanHeader,
  type PlannedChunk,
  type PlannedInput,
  planFolder,
  planKey,
} from './batch-plan.ts';
import { InternedLayouts } from './interned-layouts.ts';

/**
 * A plan in a lake. One of some thousand chunks is one object. A larger one is a header that names
 * its parts: a step reads the part with its task only, and a reader of all parts takes them one
 * after another.
 */

/** A part ends with the task that brings it to this many chunks. */
export const PART_CHUNKS = 1_000;

/** Parts that are written, or read ahead, at once. */
const PARALLEL_PARTS = 16;

/** Consecutive tasks with their chunks, and the inputs of those. */
export interface PlanPart {
  readonly firstTask: number;
  /** Index of `chunks[0]` in the plan. */
  readonly firstChunk: number;
  /** Index of `inputs[0]` in the plan. A file of many chunks may be in several parts. */
  readonly firstInput: number;
  readonly inputs: readonly PlannedInput[];
  readonly chunks: readonly PlannedChunk[];
  /** For each task, the index in the plan of the chunk after its last one. */
  readonly taskEnds: readonly number[];
}

interface PartRef {
  readonly key: string;
  readonly firstTask: number;
}

/** A plan as it is stored, without what its parts hold. */
export interface StoredHeader extends PlanHeader {
  readonly inputCount: number;
  readonly chunkCount: number;
  readonly taskCount: number;
  /** None where the plan is one object. */
  readonly parts: readonly PartRef[];
  /** The largest share of a limit that the plan uses, percent. */
  readonly limitUsed: number;
  /** The plan's only part if it is one object. */
  readonly only: PlanPart | null;
}

/** Chunks of one step, with their inputs. */
export interface PlannedTask {
  readonly chunks: readonly PlannedChunk[];
  readonly inputs: readonly PlannedInput[];
}

/** `taskEnds` as those of a part, for the whole plan. */
export interface TaskPlan {
  readonly taskEnds: readonly number[];
  readonly limitUsed: number;
}

interface StoredPart extends Omit<PlanPart, 'inputs'> {
  /** The layouts that the inputs' `layout` numbers. */
  readonly layouts: readonly CsvLayout[];
  readonly inputs: readonly (Omit<PlannedInput, 'layout'> & { readonly layout: number | null })[];
}

/** A plan in one object, which `batch --plan` reads as well. Plans of one machine have no tasks. */
type StoredWhole = BatchPlan & Partial<TaskPlan>;

type StoredLarge = Omit<StoredHeader, 'only'>;

/**
 * Stores a plan; the object under `planKey` comes last and names parts by their content. Repeated
 * with the same plan it changes nothing. Throws `TerminalError` if another plan is stored.
 */
export async function putPlan(lake: ObjectStore, plan: BatchPlan, tasks: TaskPlan): Promise<void> {
  const { inputs, chunks, ...header } = plan;
  const { taskEnds, limitUsed } = tasks;
  const key = planKey(plan.runId);
  if (chunks.length <= PART_CHUNKS) {
    const whole: StoredWhole = { ...plan, taskEnds, limitUsed };
    return await putOnce(lake, key, jsonBytes(whole));
  }
  const refs = await inParallel(partsOf(plan, taskEnds), PARALLEL_PARTS, async (part) => {
    const bytes = compactJsonBytes(stored(part));
    const name = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    const ref = { key: `${planFolder(plan.runId)}${name}.json`, firstTask: part.firstTask };
    await lake.put(ref.key, bytes);
    return ref;
  });
  const large: StoredLarge = {
    ...header,
    limitUsed,
    inputCount: inputs.length,
    chunkCount: chunks.length,
    taskCount: taskEnds.length,
    parts: refs,
  };
  await putOnce(lake, key, jsonBytes(large));
}

/** Reads the header of a run's plan. Throws `ObjectNotFoundError` if none is stored. */
export async function readHeader(lake: ObjectStore, runId: string): Promise<StoredHeader> {
  return headerOf(parseJson(await lake.get(planKey(runId))));
}

/** The header in the stored object under `planKey`, for small and large plans. */
export function headerOf(value: StoredWhole | StoredLarge): StoredHeader {
  if ('parts' in value) return { ...value, only: null };
  const { inputs, chunks, taskEnds = chunks.map((_, index) => index + 1), ...header } = value;
  const only = { firstTask: 0, firstChunk: 0, firstInput: 0, inputs, chunks, taskEnds };
  return {
    limitUsed: 0,
    ...header,
    inputCount: inputs.length,
    chunkCount: chunks.length,
    taskCount: taskEnds.length,
    parts: [],
    only,
  };
}

/** The index of the part that holds a task, for `readPart`. */
export function partIndexOf({ parts }: StoredHeader, taskIndex: number): number {
  const behind = parts.findIndex(({ firstTask }) => firstTask > taskIndex);
  return Math.max(0, (behind < 0 ? parts.length : behind) - 1);
}

/** Reads one part of a plan; the only part of a small plan is in the header already. */
export async function readPart(
  lake: ObjectStore,
  { parts, only }: StoredHeader,
  partIndex: number,
): Promise<PlanPart> {
  if (only !== null) return only;
  return partFrom(parseJson(await lake.get(parts[partIndex].key)), new InternedLayouts());
}

/** The chunks of a task with the input of each; the part must be the one that holds the task. */
export function taskOf(part: PlanPart, taskIndex: number): PlannedTask {
  const { firstTask, firstChunk, firstInput, taskEnds } = part;
  const index = taskIndex - firstTask;
  const start = index === 0 ? firstChunk : taskEnds[index - 1];
  const chunks = part.chunks.slice(start - firstChunk, taskEnds[index] - firstChunk);
  assert(chunks.length > 0, `task ${taskIndex} has chunks`);
  const inputs = chunks.map(({ inputIndex }) => part.inputs[inputIndex - firstInput]);
  return { chunks, inputs };
}

/**
 * Yields what `load` makes of each part, in order, with several loads under way: memory is bounded
 * however large the plan is.
 */
export async function* planParts<Loaded>(
  lake: ObjectStore,
  header: StoredHeader,
  load: (part: PlanPart) => Promise<Loaded>,
): AsyncGenerator<Loaded> {
  const { parts, only } = header;
  if (only !== null) return yield await load(only);
  const layouts = new InternedLayouts();
  for (let from = 0; from < parts.length; from += PARALLEL_PARTS) {
    const some = parts.slice(from, from + PARALLEL_PARTS);
    yield* await inParallel(some, PARALLEL_PARTS, async ({ key }) => {
      return await load(partFrom(parseJson(await lake.get(key)), layouts));
    });
  }
}

/** Assembles the whole plan; `readBytes` returns the bytes of a part by its key. */
export async function wholePlan(
  header: StoredHeader,
  readBytes: (key: string) => Promise<Uint8Array>,
): Promise<BatchPlan> {
  const { inputCount, chunkCount, taskCount, parts, limitUsed, only, ...rest } = header;
  if (only !== null) return { ...rest, inputs: only.inputs, chunks: only.chunks };
  const inputs: PlannedInput[] = [];
  const chunks: PlannedChunk[] = [];
  const layouts = new InternedLayouts();
  for (const { key } of parts) {
    const part = partFrom(parseJson(await readBytes(key)), layouts);
    inputs.push(...part.inputs.slice(inputs.length - part.firstInput));
    chunks.push(...part.chunks);
  }
  return { ...rest, inputs, chunks };
}

/** Reads a run's whole plan into memory. Throws `ObjectNotFoundError` if none is stored. */
export async function readWholePlan(lake: ObjectStore, runId: string): Promise<BatchPlan> {
  return await wholePlan(await readHeader(lake, runId), (key) => lake.get(key));
}

function partsOf({ inputs, chunks }: BatchPlan, taskEnds: readonly number[]): PlanPart[] {
  const parts: PlanPart[] = [];
  let firstTask = 0;
  let firstChunk = 0;
  taskEnds.forEach((endChunk, taskIndex) => {
    const isLast = taskIndex === taskEnds.length - 1;
    if (endChunk - firstChunk < PART_CHUNKS && !isLast) return;
    const own = chunks.slice(firstChunk, endChunk);
    const firstInput = own[0].inputIndex;
    parts.push({
      firstTask,
      firstChunk,
      firstInput,
      inputs: inputs.slice(firstInput, own[own.length - 1].inputIndex + 1),
      chunks: own,
      taskEnds: taskEnds.slice(firstTask, taskIndex + 1),
    });
    firstTask = taskIndex + 1;
    firstChunk = endChunk;
  });
  return parts;
}

function stored({ inputs, ...part }: PlanPart): StoredPart {
  const layouts = new InternedLayouts();
  const numbered = inputs.map((input) => ({ ...input, layout: layouts.indexOf(input.layout) }));
  return { ...part, layouts: layouts.all, inputs: numbered };
}

function partFrom({ layouts, inputs, ...part }: StoredPart, interned: InternedLayouts): PlanPart {
  const shared = layouts.map((layout) => interned.shared(layout));
  const withLayouts = inputs.map((input) => {
    return { ...input, layout: input.layout === null ? null : shared[input.layout] };
  });
  return { ...part, inputs: withLayouts };
}

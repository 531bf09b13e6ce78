import { isDecoded } from '../../shared/ingest/input-kind.ts';
import { cleanUpOnFailure } from '../../shared/model/errors.ts';
import type { BlockSink } from '../exchange/block-encoder.ts';
import { StoredExchange } from '../exchange/stored-exchange.ts';
import type { BatchHost } from '../run/batch-host.ts';
import type { PlannedInput } from '../run/batch-plan.ts';
import type { ChunkResult } from '../run/chunk-result.ts';
import { PerRun } from '../run/per-run.ts';
import { type ChildStatus, runChild } from '../run/run-child.ts';
import type { MappedTask } from '../run/run-files.ts';
import {
  type PlannedTask,
  type PlanPart,
  partIndexOf,
  readPart,
  type StoredHeader,
  taskOf,
} from '../run/stored-plan.ts';
import { createMapper } from './create-mapper.ts';
import { FilesAhead } from './files-ahead.ts';
import type { ChunkMapper } from './map-chunk.ts';
import { RangeAhead } from './range-ahead.ts';

export interface MapStepEvent {
  readonly runId: string;
  readonly taskIndex: number;
  /** Where the task's first record starts, according to the chain; absent on the first attempt. */
  readonly knownStart?: number;
}

/**
 * A step that maps the chunks of one task into one object of the exchange. Holds at most
 * `maxHeldBytes` of records before it writes. Repeated, it writes the same bytes.
 */
export function createMapStep(host: BatchHost, maxHeldBytes: number) {
  const { landing, lake, config } = host;
  const headers = new PerRun<StoredHeader>();
  const parts = new PerRun<PlanPart>();
  const mappers = new PerRun<ChunkMapper>();
  const ahead = new FilesAhead(landing);
  const ranges = new RangeAhead(ahead);
  return async ({ runId, taskIndex, ...event }: MapStepEvent): Promise<ChildStatus> =>
    await runChild(host, { runId, stage: 'map', index: taskIndex }, async (files) => {
      const knownStart = event.knownStart ?? null;
      const header = await headers.of(runId, () => files.readHeaderOfStep());
      const partIndex = partIndexOf(header, taskIndex);
      const part = await parts.of(`${runId}/${partIndex}`, () => readPart(lake, header, partIndex));
      const mapper = await mappers.of(runId, async () =>
        createMapper(ranges, header, config, lake),
      );
      const key = files.exchangeKey(taskIndex, knownStart);
      const exchange = new StoredExchange(lake, key, maxHeldBytes);
      await cleanUpOnFailure(
        async () => {
          const task = taskOf(part, taskIndex);
          ahead.expect(task.inputs);
          const mapped = await mapTask({ mapper, ahead, ranges, exchange }, task, knownStart);
          await files.putTask(mapped, { taskIndex, knownStart });
        },
        () => exchange.abort(),
      );
    });
}

/** Chunk by chunk, in order of records. */
async function mapTask(
  step: {
    readonly mapper: ChunkMapper;
    readonly ahead: FilesAhead;
    readonly ranges: RangeAhead;
    readonly exchange: StoredExchange;
  },
  { chunks, inputs }: PlannedTask,
  knownStart: number | null,
): Promise<MappedTask> {
  const { mapper, ahead, ranges, exchange } = step;
  const results: ChunkResult[] = [];
  const blockCounts: number[] = [];
  for (const [index, chunk] of chunks.entries()) {
    if (chunks.length > 1) ahead.start(index);
    const isRange = chunks.length === 1 && isPlain(inputs[index]);
    ranges.expect(isRange ? chunk : null, inputs[index]);
    const sink = new CountingSink(exchange);
    results.push(await mapper.map(chunk, inputs[index], knownStart, sink));
    blockCounts.push(sink.blockCount);
  }
  const isUsed = results.some(({ status }) => status === 'mapped');
  if (isUsed) return { results, blocks: await exchange.finish(), blockCounts };
  await exchange.abort();
  return { results, blocks: null, blockCounts: results.map(() => 0) };
}

/** Read by ranges. */
function isPlain({ kind }: PlannedInput): boolean {
  return kind !== 'segment' && !isDecoded(kind);
}

class CountingSink implements BlockSink {
  blockCount = 0;
  readonly #sink: BlockSink;

  constructor(sink: BlockSink) {
    this.#sink = sink;
  }

  allocate(sizeBytes: number): Uint8Array {
    return this.#sink.allocate(sizeBytes);
  }

  async keep(block: Uint8Array, sliceEnds: Uint32Array): Promise<void> {
    this.blockCount += 1;
    await this.#sink.keep(block, sliceEnds);
  }
}

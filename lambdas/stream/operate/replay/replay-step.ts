import type { EpochMs } from '../../../shared/model/time.ts';
import { DEFAULT_CONSUMER, StreamLakeKeys } from '../../../shared/state/lake-keys.ts';
import type { StreamContext } from '../../../shared/state/stream-context.ts';
import { OrderConsumer } from '../../consume/consume-orders.ts';
import { publishEpoch } from '../../publish/publish-epoch.ts';
import type { EpochWriter } from '../../publish/write/epoch-writer.ts';
import { readShards } from '../../shards/shard-registry.ts';
import { consumeToTips } from '../drain/consume-to-tips.ts';
import { replayRaw } from './replay-raw.ts';

/** What the state machine hands over: at first what was asked for, then the answer before. */
export interface ReplayStepEvent {
  readonly consumer: string;
  readonly from: 'raw' | 'stream';
  /** For a new consumer: records that arrived at or after it, in ISO 8601. Null: all. */
  readonly since: string | null;
  /** Arrival of the last records that are taken, in ISO 8601; fixed by the first step. */
  readonly until?: string;
  readonly records?: number;
  readonly epochs?: number;
}

export interface ReplayStepResult extends Required<ReplayStepEvent> {
  /** `more`: call again with this answer. */
  readonly status: 'more' | 'done';
}

/** Stop filling, and begin no further epoch, with this much of the time limit left. */
const FILL_MARGIN_MS = 150_000;
const PUBLISH_MARGIN_MS = 300_000;

/**
 * Rows of an epoch, approximately. One function writes each: 90,000 rows a second
 * (docs/performance.md, `stream_publish_epoch`) leave room in `PUBLISH_MARGIN_MS` for slower cores.
 */
const MAX_EPOCH_ROWS = 3_000_000;

/**
 * Fills a consumer as far as there is time: from the default consumer's raw archive if requested,
 * then from the stream to the tip found at first, parents before children; then publishes until
 * nothing is new, leaving windows open. Its progress is in the state: a failed step is repeated,
 * and a finished replay is run again to catch up. Throws the errors of `replayRaw` and
 * `publishEpoch`.
 */
export async function replayStep(
  context: StreamContext,
  writer: EpochWriter,
  event: ReplayStepEvent,
  remainingMs: () => number,
): Promise<ReplayStepResult> {
  const until = event.until ?? new Date(await context.stream.now()).toISOString();
  const untilMs = Date.parse(until) as EpochMs;
  const isTimeUp = () => remainingMs() < FILL_MARGIN_MS;
  let { records = 0, epochs = 0 } = event;
  const answer = (status: ReplayStepResult['status']): ReplayStepResult => {
    return { ...event, until, status, records, epochs };
  };
  if (event.from === 'raw') {
    let taken = 0;
    const source = new StreamLakeKeys(DEFAULT_CONSUMER, context.stream.name);
    for await (const progress of replayRaw(context, source, isTimeUp)) taken = progress.records;
    records += taken;
    if (isTimeUp()) return answer('more');
  }
  records += await consumeToTips(context, new OrderConsumer(context), untilMs, isTimeUp);
  if (isTimeUp()) return answer('more');
  let isReplan = false;
  while (remainingMs() >= PUBLISH_MARGIN_MS) {
    const maxEntries = await entriesOfEpoch(context);
    const { status } = await publishEpoch(context, writer, { isReplan, maxEntries });
    // No other process publishes here: do not wait for a plan of an older version.
    isReplan = status === 'waiting';
    if (status === 'nothing_new') return answer('done');
    if (status === 'published') epochs += 1;
  }
  return answer('more');
}

/**
 * Log entries of each shard in an epoch. Entries of a replay are full, and in its first epochs
 * every shard has many.
 */
async function entriesOfEpoch(context: StreamContext): Promise<number> {
  const { maxEntriesPerEpoch, batchSize } = context.config.stream;
  const waiting = (await readShards(context)).filter(
    ({ head: { version, publishedThrough } }) => version > publishedThrough,
  );
  const entries = Math.floor(MAX_EPOCH_ROWS / batchSize / Math.max(1, waiting.length));
  return Math.min(maxEntriesPerEpoch, Math.max(1, entries));
}

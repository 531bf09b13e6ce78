import { RetryableError, ShardNotFoundError, TerminalError } from '../../../shared/model/errors.ts';
import { hashKeyOf } from '../../../shared/model/hash-key.ts';
import type { ReadPosition, StreamRecord } from '../../../shared/ports/event-stream.ts';
import type { ObjectStore } from '../../../shared/ports/object-store.ts';
import { foldShard, readHead } from '../../../shared/state/fold.ts';
import { compareSequenceNumbers, isAfter } from '../../../shared/state/sequence-order.ts';
import type { ShardHead } from '../../../shared/state/shard-head.ts';
import type { StreamContext } from '../../../shared/state/stream-context.ts';
import { appendRecords } from '../../consume/append-records.ts';
import { createConsumeMemory, OrderConsumer } from '../../consume/consume-orders.ts';
import { readShards } from '../../shards/shard-registry.ts';
import { readOn } from '../../shards/skipped-records.ts';
import { consumedNumbers } from './consumed-numbers.ts';
import { type FailedBatch, listFailedBatches } from './failed-batch.ts';
import { addRange, type Redriven, readRedriven } from './redriven.ts';

/** Starts of one batch after others moved the state; more of them mean that something is wrong. */
const MAX_ROUNDS = 50;
const READ_RECORDS = 10_000;

/** What became of one failed batch, or would. The unit is records. */
export interface RedriveReport {
  readonly key: string;
  readonly shardId: string;
  readonly firstSequenceNumber: string;
  readonly lastSequenceNumber: string;
  /** `gone`: neither message nor stream holds the records; the message is kept. */
  readonly status: 'redriven' | 'nothing_to_do' | 'gone';
  readonly redriven: number;
  /** Were in a log before. */
  readonly consumedBefore: number;
}

/**
 * Brings records that the event source mapping gave up into the log, each once (stream protocol
 * §7), and then removes each batch's message. Records whose turn has passed are classified by the
 * shard's state when they are redriven. Repeated, or interrupted at any await and restarted, it
 * adds nothing twice. `isDryRun` changes nothing.
 */
export async function* redriveAll(
  context: StreamContext,
  messages: { readonly store: ObjectStore; readonly prefix: string },
  options: { readonly isDryRun: boolean },
): AsyncGenerator<RedriveReport> {
  for await (const batch of listFailedBatches(messages.store, messages.prefix)) {
    const report = await redriveBatch(context, batch, options);
    if (!options.isDryRun && report.status !== 'gone') await messages.store.delete([batch.key]);
    yield report;
  }
}

async function redriveBatch(
  context: StreamContext,
  batch: FailedBatch,
  { isDryRun }: { readonly isDryRun: boolean },
): Promise<RedriveReport> {
  const { key, shardId, firstSequenceNumber, lastSequenceNumber } = batch;
  const about = { key, shardId, firstSequenceNumber, lastSequenceNumber };
  const records = batch.records ?? (await readBatch(context, batch));
  if (records.length === 0) return { ...about, status: 'gone', redriven: 0, consumedBefore: 0 };
  let pendingAtFirst: number | null = null;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    // Read before the logs: an append after it makes the step start again.
    const head = await readHead(context, shardId);
    const { pending, redriven } = await pendingOf(context, batch, records);
    pendingAtFirst ??= pending.length;
    if (pending.length === 0 || isDryRun) {
      const status = pendingAtFirst === 0 ? 'nothing_to_do' : 'redriven';
      const consumedBefore = records.length - pendingAtFirst;
      return { ...about, status, redriven: pendingAtFirst, consumedBefore };
    }
    await redriveSome(context, { shardId, head, pending, redriven });
  }
  throw new RetryableError(
    `${key}: other writers changed the state ${MAX_ROUNDS} times; run it again`,
  );
}

/** Reads from the stream if the message only names the records. */
async function readBatch(
  context: StreamContext,
  { shardId, firstArrivalMs, firstSequenceNumber, lastSequenceNumber }: FailedBatch,
): Promise<StreamRecord[]> {
  const found: StreamRecord[] = [];
  try {
    let position: ReadPosition = { kind: 'at_time', timeMs: firstArrivalMs };
    for (;;) {
      const { records } = await readOn(context, shardId, position, { records: READ_RECORDS });
      const last = records.at(-1);
      if (last === undefined) return found;
      for (const record of records) {
        const isBefore = isAfter(firstSequenceNumber, record.sequenceNumber);
        if (!isBefore && !isAfter(record.sequenceNumber, lastSequenceNumber)) found.push(record);
      }
      if (!isAfter(lastSequenceNumber, last.sequenceNumber)) return found;
      position = { kind: 'after', sequenceNumber: last.sequenceNumber };
    }
  } catch (error) {
    if (error instanceof ShardNotFoundError) return found;
    throw error;
  }
}

/** The records that are in no log, in order, and the REDRIVEN item on which this is based. */
async function pendingOf(
  context: StreamContext,
  { shardId, firstSequenceNumber, lastSequenceNumber }: FailedBatch,
  records: readonly StreamRecord[],
): Promise<{ readonly pending: StreamRecord[]; readonly redriven: Redriven }> {
  const range = { first: firstSequenceNumber, last: lastSequenceNumber };
  const redriven = await readRedriven(context, shardId);
  const isConsumed = await consumedNumbers(context, shardId, range, redriven);
  const pending = records
    .filter(({ sequenceNumber }) => !isConsumed(sequenceNumber))
    .sort((a, b) => compareSequenceNumbers(a.sequenceNumber, b.sequenceNumber));
  return { pending, redriven };
}

/** Takes one step; how far it came shows when the log is read again. */
async function redriveSome(context: StreamContext, step: RedriveStep): Promise<void> {
  const { shardId, head, pending } = step;
  // A shard that left the stream before its first record was consumed never gets a HEAD.
  const isOver = head === null ? !(await isListed(context, shardId)) : head.sealed;
  const ahead = pending.filter(
    ({ sequenceNumber }) => !isOver && isAfter(sequenceNumber, head?.checkpoint ?? null),
  );
  if (ahead.length === pending.length) {
    // Their turn has not come: consume them as if delivered now, with all earlier ones.
    const result = await new OrderConsumer(context).consume(shardId, ahead);
    if (result.status === 'failed' && !isSealed(result.error)) throw result.error;
    return;
  }
  const behind = pending.slice(0, pending.length - ahead.length);
  const ownerOf = isOver ? await ownersByKey(context) : () => shardId;
  await redriveRun(context, step, behind, ownerOf);
}

async function isListed({ stream }: StreamContext, shardId: string): Promise<boolean> {
  return (await stream.listShards()).some((shard) => shard.shardId === shardId);
}

/** The shard was sealed meanwhile: the turn of its records has passed. */
function isSealed(error: unknown): boolean {
  return error instanceof TerminalError && error.code === 'ShardSealed';
}

interface RedriveStep {
  readonly shardId: string;
  /** HEAD before it was decided what is pending. */
  readonly head: ShardHead | null;
  /** In order. */
  readonly pending: readonly StreamRecord[];
  readonly redriven: Redriven;
}

/**
 * Appends the first of these records, whose turn has passed, that share one owner: the shard itself
 * or, once it is over, the open shard to which their key belongs now. Does nothing if another
 * writer moved the state, or redrove, first.
 */
async function redriveRun(
  context: StreamContext,
  { shardId, head, redriven }: RedriveStep,
  behind: readonly StreamRecord[],
  ownerOf: (partitionKey: string) => string,
): Promise<void> {
  const owner = ownerOf(behind[0].partitionKey);
  const end = behind.findIndex(({ partitionKey }) => ownerOf(partitionKey) !== owner);
  const run = end < 0 ? behind : behind.slice(0, end);
  const fold = await foldShard(context, owner, null);
  if (fold === null || fold.head.sealed) throw new RetryableError(`${owner} is no longer open`);
  // An entry that came since may hold these records. Nothing comes into a log that is sealed.
  if (owner === shardId && fold.head.version !== head?.version) return;
  const memory = createConsumeMemory(context);
  let before = redriven;
  await appendRecords(context, fold, run.slice(0, READ_RECORDS), memory, {
    kind: 'redrive',
    sourceShard: owner === shardId ? null : shardId,
    gapAfter: null,
    also: (records) => {
      const range = {
        first: records[0].sequenceNumber,
        last: records[records.length - 1].sequenceNumber,
      };
      const { operation, after } = addRange(context, shardId, before, range);
      before = after;
      return [operation];
    },
  });
}

async function ownersByKey(context: StreamContext): Promise<(partitionKey: string) => string> {
  const shards = await readShards(context);
  const open = shards.filter(({ head }) => !head.sealed);
  return (partitionKey) => {
    const hashKey = hashKeyOf(partitionKey);
    const owner = open.find(({ hashKeyRange: { start, end } }) => {
      return BigInt(start) <= hashKey && hashKey <= BigInt(end);
    });
    if (owner === undefined) throw new RetryableError(`no open shard for key ${partitionKey} yet`);
    return owner.shardId;
  };
}

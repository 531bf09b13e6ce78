import type { OrderColumns } from '../../shared/ingest/order-columns.ts';
import type { EventParser } from '../../shared/ingest/parse-events.ts';
import { assert } from '../../shared/model/errors.ts';
import type { EpochMs } from '../../shared/model/time.ts';
import type { StreamRecord } from '../../shared/ports/event-stream.ts';
import type { Attributes, StateOperation } from '../../shared/ports/state-store.ts';
import { OUTCOMES, type OutcomeCounts } from '../../shared/rules/outcome.ts';
import { appendEntry } from '../../shared/state/append-entry.ts';
import { encodeClaims } from '../../shared/state/claims.ts';
import type { ShardFold } from '../../shared/state/fold.ts';
import type { RecordsEntry, SegmentRef } from '../../shared/state/log-entry.ts';
import {
  encodeSegment,
  LINE_OVERHEAD_BYTES,
  type SegmentRecord,
  sha256Of,
} from '../../shared/state/segment.ts';
import { type ShardHead, timesAttributes } from '../../shared/state/shard-head.ts';
import type { StreamContext } from '../../shared/state/stream-context.ts';
import type { TransactStatus } from '../../shared/state/transact.ts';
import type { ArrivedOrders, ClassifiedCut, Classifier } from './classify-orders.ts';
import { countOtherKeys } from './partition-keys.ts';

/** Everything that parsing and classifying needs, reused from batch to batch. */
export interface ConsumeMemory {
  readonly parser: EventParser;
  readonly classifier: Classifier;
  readonly columns: OrderColumns;
  readonly arrivalTimeMs: Float64Array;
  readonly segmentBytes: Float64Array;
}

/** Facts about an entry, apart from its records. */
export interface AppendKind {
  readonly kind: 'records' | 'redrive';
  readonly sourceShard: string | null;
  readonly gapAfter: string | null;
  /** Joins the transaction of the entry, which holds these records. */
  readonly also?: (records: readonly StreamRecord[]) => readonly StateOperation[];
}

/** `appended`: how many of the records are in the log, from the first one on. */
export interface Appended {
  readonly status: TransactStatus;
  readonly appended: number;
}

/**
 * Appends records, at most as many as the memory holds, to a shard's log, split where an entry is
 * full (stream protocol §2.5–2.7). Stops at the first entry that is not committed; the fold must
 * then be discarded.
 */
export async function appendRecords(
  context: StreamContext,
  fold: ShardFold,
  records: readonly StreamRecord[],
  memory: ConsumeMemory,
  append: AppendKind,
): Promise<Appended> {
  const orders = readOrders(records, memory);
  let appended = 0;
  let gapAfter = append.gapAfter;
  while (appended < records.length) {
    const cut = memory.classifier.classify(orders, appended, fold.head, fold.claims);
    const status = await appendCut(context, fold, records, cut, memory, { ...append, gapAfter });
    if (status !== 'committed') return { status, appended };
    gapAfter = null;
    appended = cut.to;
  }
  return { status: 'committed', appended };
}

async function appendCut(
  context: StreamContext,
  fold: ShardFold,
  records: readonly StreamRecord[],
  cut: ClassifiedCut,
  memory: ConsumeMemory,
  append: AppendKind,
): Promise<TransactStatus> {
  const entry = await writeEntry(context, fold, records, cut, memory, append);
  const head = headAfter(context, fold, entry, records[cut.to - 1]);
  const also = append.also?.(records.slice(cut.from, cut.to)) ?? [];
  const status = await appendEntry(context, fold, entry, changesOf(entry, head), also);
  if (status !== 'committed') return status;
  fold.addOwn(entry);
  fold.head = head;
  fold.forgetExpired(context);
  return status;
}

function readOrders(records: readonly StreamRecord[], memory: ConsumeMemory): ArrivedOrders {
  const { parser, columns, arrivalTimeMs, segmentBytes } = memory;
  columns.clear();
  const events = records.map(({ data }) => data);
  parser.parse(events, 0, events.length, columns);
  assert(columns.rowCount === records.length, 'every event becomes one row');
  records.forEach((record, row) => {
    arrivalTimeMs[row] = record.arrivalTimeMs;
    segmentBytes[row] = record.data.length + LINE_OVERHEAD_BYTES;
  });
  return { columns, arrivalTimeMs, segmentBytes };
}

/** Puts the segment, under a key of its own, before any entry names it. */
async function writeEntry(
  context: StreamContext,
  fold: ShardFold,
  records: readonly StreamRecord[],
  cut: ClassifiedCut,
  memory: ConsumeMemory,
  append: AppendKind,
): Promise<RecordsEntry> {
  const version = fold.head.version + 1;
  const segment = await putSegment(context, fold.shardId, version, records, cut);
  const { first, last } = sequenceRange(records, cut);
  return {
    kind: append.kind,
    version,
    codeVersion: context.codeVersion,
    ...cut.times,
    segment,
    firstSequenceNumber: first,
    lastSequenceNumber: last,
    counts: cut.counts,
    issues: cut.issues,
    otherKeys: countOtherKeys(records, memory.columns, cut),
    claims: encodeClaims(cut.claims),
    claimMaxMs: cut.claimMaxMs,
    gapAfter: append.gapAfter,
    sourceShard: append.sourceShard,
  };
}

async function putSegment(
  { lake, lakeKeys, randomness }: StreamContext,
  shardId: string,
  version: number,
  records: readonly StreamRecord[],
  cut: ClassifiedCut,
): Promise<SegmentRef> {
  const bytes = encodeSegment(segmentRecords(records, cut));
  const key = lakeKeys.segment(shardId, version, randomness.id());
  await lake.put(key, bytes, { ifNoneMatch: true });
  return { key, sha256: sha256Of(bytes), bytes: bytes.length };
}

function* segmentRecords(
  records: readonly StreamRecord[],
  { from, to, outcome, watermarkMs }: ClassifiedCut,
): Generator<SegmentRecord> {
  for (let row = from; row < to; row++) {
    const name = OUTCOMES[outcome[row]];
    const late = name === 'late' ? (watermarkMs[row] as EpochMs) : null;
    yield { record: records[row], outcome: name, watermarkMs: late };
  }
}

function sequenceRange(records: readonly StreamRecord[], { from, to }: ClassifiedCut) {
  return { first: records[from].sequenceNumber, last: records[to - 1].sequenceNumber };
}

/** HEAD as the entry leaves it. A redrive moves neither checkpoint nor the last arrival. */
function headAfter(
  context: StreamContext,
  fold: ShardFold,
  entry: RecordsEntry,
  last: StreamRecord,
): ShardHead {
  const { head } = fold;
  const moved =
    entry.kind === 'redrive'
      ? {}
      : { checkpoint: last.sequenceNumber, lastArrivalMs: last.arrivalTimeMs };
  return {
    ...head,
    ...moved,
    version: entry.version,
    maxEventTimeMs: entry.maxEventTimeMs,
    counts: sumCounts(head.counts, entry.counts),
    otherKeys: head.otherKeys + entry.otherKeys,
    claimsFrom: fold.claimsFromAt(entry, context, entry),
  };
}

/** Adds two counts, per outcome, without changing either. */
function sumCounts(
  a: Readonly<OutcomeCounts>,
  b: Readonly<OutcomeCounts>,
): Readonly<OutcomeCounts> {
  const sum = { ...a };
  sum.read += b.read;
  for (const outcome of OUTCOMES) sum[outcome] += b[outcome];
  return sum;
}

/** What the entry changes of HEAD. */
function changesOf(entry: RecordsEntry, head: ShardHead): Attributes {
  return {
    ...timesAttributes(head),
    counts: { ...head.counts },
    otherKeys: head.otherKeys,
    claimsFrom: head.claimsFrom,
    ...(entry.kind === 'redrive'
      ? {}
      : { checkpoint: head.checkpoint, lastArrival: head.lastArrivalMs }),
  };
}

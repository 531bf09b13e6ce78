import { isConserved, zeroCounts } from '../../../lambdas/shared/rules/outcome.ts';
import { decodeClaims } from '../../../lambdas/shared/state/claims.ts';
import type { RecordsEntry } from '../../../lambdas/shared/state/log-entry.ts';
import {
  decodeSegment,
  type SegmentRecord,
  sha256Of,
} from '../../../lambdas/shared/state/segment.ts';
import { readEvent } from '../../support/oracle/event.ts';
import { present } from '../../support/oracle/text.ts';
import { expectThat } from '../violation.ts';
import type { World } from '../world.ts';
import type { Committed, LogChecker } from './log-checker.ts';
import type { SeenRecord, SeenShard } from './seen.ts';
import type { ModelOutcome } from './shard-model.ts';

/** An entry with records: invariants 1, 2, 6, 8 and 11. Moves the shard's model on. */
export async function checkRecords(
  world: World,
  logs: LogChecker,
  shard: SeenShard,
  entry: RecordsEntry,
  committed: Committed,
): Promise<SeenRecord[]> {
  const where = `version ${entry.version} of ${shard.shardId}`;
  const lines = await readLines(world, entry, where);
  const sourceId = entry.sourceShard ?? shard.shardId;
  if (entry.kind === 'records') checkRun(world, shard, entry, lines, where);
  const claimsBefore = shard.model.claims.length;
  const records = lines.map((line): SeenRecord => {
    const { sequenceNumber } = line.record;
    checkPlace(world, logs, sourceId, line, where);
    const expected = shard.model.add(line.record);
    checkOutcome(line, expected, where);
    checkWindow(expected, committed, logs.times.windowLengthMs, where);
    return { ...expected, shardId: sourceId, sequenceNumber, data: line.record.data };
  });
  checkCounts(entry, records, where);
  checkKeys(entry, lines, records, where);
  checkClaims(entry, shard, claimsBefore, where);
  return records;
}

/** Invariant 8. */
async function readLines(
  world: World,
  { segment }: RecordsEntry,
  where: string,
): Promise<SegmentRecord[]> {
  const info = await world.lake.head(segment.key);
  expectThat(info !== null, '8', () => `${where} names segment ${segment.key}, which is missing`);
  const bytes = await world.lake.get(segment.key);
  const isSame = sha256Of(bytes) === segment.sha256 && bytes.length === segment.bytes;
  expectThat(isSame, '8', () => `${where} names segment ${segment.key}, which is another`);
  return decodeSegment(bytes, segment.key);
}

/**
 * Invariant 1: what an entry holds follows its checkpoint; what lies between has left the stream,
 * and then the entry says so.
 */
function checkRun(
  world: World,
  { shardId, head: { checkpoint } }: SeenShard,
  entry: RecordsEntry,
  lines: readonly SegmentRecord[],
  where: string,
): void {
  const { records, trimmedCount } = world.historyOf(shardId);
  const indexOf = (number: string | null) =>
    number === null ? -1 : records.findIndex(({ sequenceNumber }) => sequenceNumber === number);
  const expected = indexOf(checkpoint) + 1;
  const first = indexOf(lines[0].record.sequenceNumber);
  expectThat(first >= expected, '1', () => `${where} begins before its checkpoint`);
  const isPassed = first > expected;
  expectThat(!isPassed || first <= trimmedCount, '1', () => {
    return `${where} passes over ${first - expected} records that could be read`;
  });
  const isSaid = checkpoint === null || entry.gapAfter === checkpoint;
  expectThat(!isPassed || isSaid, '1', () => `${where} does not tell of its gap`);
  const isTrue = entry.gapAfter === null || expected < trimmedCount;
  expectThat(isTrue, '1', () => `${where} tells of a gap where there is none`);
  for (const [index, { record }] of lines.entries()) {
    const isNext = records[first + index]?.sequenceNumber === record.sequenceNumber;
    expectThat(isNext, '1', () => `${where} leaves record ${first + index} out`);
  }
  const ends = [entry.firstSequenceNumber, entry.lastSequenceNumber];
  const actual = [lines[0], lines[lines.length - 1]].map(({ record }) => record.sequenceNumber);
  expectThat(ends.join() === actual.join(), '1', () => `${where} names other numbers than it has`);
}

/** Invariant 1: no other entry holds the record, and it is as the stream had it. */
function checkPlace(
  world: World,
  { places }: LogChecker,
  sourceId: string,
  { record }: SegmentRecord,
  where: string,
): void {
  const { sequenceNumber, data, arrivalTimeMs, partitionKey } = record;
  const place = `${sourceId} ${sequenceNumber}`;
  const earlier = places.get(place);
  expectThat(earlier === undefined, '1', () => {
    return `record ${place} stands in ${earlier} and again in ${where}`;
  });
  places.set(place, where);
  const sent = world
    .historyOf(sourceId)
    .records.find((candidate) => candidate.sequenceNumber === sequenceNumber);
  expectThat(sent !== undefined, '1', () => `${where} holds ${place}, which nobody sent`);
  const isSame =
    Buffer.compare(sent.data, data) === 0 &&
    sent.arrivalTimeMs === arrivalTimeMs &&
    sent.partitionKey === partitionKey;
  expectThat(isSame, '1', () => `${where} holds ${place} otherwise than it was sent`);
}

/** Invariant 2. */
function checkOutcome(line: SegmentRecord, expected: ModelOutcome, where: string): void {
  const { outcome, watermarkMs, record } = line;
  expectThat(outcome === expected.outcome, '2', () => {
    const number = record.sequenceNumber.slice(-16);
    return `record ${number} in ${where} is ${outcome}, the model says ${expected.outcome}`;
  });
  const expectedMs = expected.outcome === 'late' ? expected.watermarkMs : null;
  expectThat(watermarkMs === expectedMs, '2', () => {
    return `a record in ${where} is late by ${watermarkMs}, the model says ${expectedMs}`;
  });
}

/** Invariant 6, the moment it breaks: a window that is published as final gets one more. */
function checkWindow(
  { outcome, order }: ModelOutcome,
  { watermarkMs }: Committed,
  windowLengthMs: number,
  where: string,
): void {
  if (outcome !== 'active' || order === null || watermarkMs === null) return;
  const endMs = (Math.floor(order.eventTimeMs / windowLengthMs) + 1) * windowLengthMs;
  expectThat(endMs > watermarkMs, '6', () => {
    return `${where} counts into the window up to ${endMs}, which is final by ${watermarkMs}`;
  });
}

/** Invariant 11. */
function checkCounts(entry: RecordsEntry, records: readonly SeenRecord[], where: string): void {
  const counts = zeroCounts();
  const issues = new Map<string, number>();
  for (const record of records) {
    counts.read += 1;
    counts[record.outcome] += 1;
    for (const code of record.issues) issues.set(code, (issues.get(code) ?? 0) + 1);
  }
  expectThat(isConserved(entry.counts), '11', () => `counts of ${where} do not add up`);
  for (const [name, count] of Object.entries(counts)) {
    const stated = entry.counts[name as keyof typeof counts];
    expectThat(stated === count, '11', () => `${where} counts ${stated} ${name}, not ${count}`);
  }
  const stated = JSON.stringify(Object.entries(entry.issues).sort());
  const expected = JSON.stringify([...issues].sort());
  expectThat(stated === expected, '11', () => `${where} counts issues ${stated}, not ${expected}`);
}

/** Contract §1.1: the key is the order id as it is read; without one any key will do. */
function checkKeys(
  entry: RecordsEntry,
  lines: readonly SegmentRecord[],
  records: readonly SeenRecord[],
  where: string,
): void {
  const count = lines.filter(({ record: { data, partitionKey } }, index) => {
    const orderId = records[index].order?.orderId ?? idOf(data);
    return orderId !== null && Buffer.byteLength(orderId) <= 128 && orderId !== partitionKey;
  }).length;
  expectThat(entry.otherKeys === count, '11', () => {
    return `${where} counts ${entry.otherKeys} other keys, not ${count}`;
  });
}

function idOf(data: Uint8Array): string | null {
  const event = readEvent(data);
  return event.issue === null ? present(event.values.order_id) : null;
}

function checkClaims(
  entry: RecordsEntry,
  { model }: SeenShard,
  claimsBefore: number,
  where: string,
): void {
  const expected = model.claims
    .slice(claimsBefore)
    .map(({ orderId, claimTimeMs }) => `${orderId} ${claimTimeMs}`);
  const stated: string[] = [];
  decodeClaims(entry.claims, (view, start, end, timeMs) => {
    const bytes = new Uint8Array(view.buffer, view.byteOffset + start, end - start);
    stated.push(`${Buffer.from(bytes).toString()} ${timeMs}`);
  });
  expectThat(stated.join() === expected.join(), '2', () => {
    return `${where} claims ${stated.join()}, the model ${expected.join()}`;
  });
  const times = model.claims.slice(claimsBefore).map(({ claimTimeMs }) => claimTimeMs);
  const largest = times.length === 0 ? null : Math.max(...times);
  expectThat(entry.claimMaxMs === largest, '2', () => `claimMax of ${where} is no maximum`);
}

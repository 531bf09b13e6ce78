import type { ByteDictionary } from '../../../shared/bytes/byte-dictionary.ts';
import { ByteHeap } from '../../../shared/bytes/byte-heap.ts';
import { compareBytes } from '../../../shared/bytes/bytes.ts';
import { OrderColumns } from '../../../shared/ingest/order-columns.ts';
import type { EventParser } from '../../../shared/ingest/parse-events.ts';
import { KernelArena } from '../../../shared/kernels/kernel-arena.ts';
import type { KernelMemory } from '../../../shared/kernels/kernel-memory.ts';
import { assert } from '../../../shared/model/errors.ts';
import type { IssueBits } from '../../../shared/model/issue.ts';
import type { RowBlock, RowSource } from '../../../shared/rows/row-source.ts';
import {
  ACTIVE,
  CANCELLED,
  OUTCOME_OF_STATUS,
  OUTCOMES,
  type Outcome,
  type OutcomeCode,
  QUARANTINED,
} from '../../../shared/rules/outcome.ts';
import type { SegmentRecord } from '../../../shared/state/segment.ts';

const OUTCOME_CODE = new Map<Outcome, OutcomeCode>(OUTCOMES.map((name, code) => [name, code]));

const ZERO = 0x30;
/** Kernels copy ids 16 bytes at a time. */
const ID_SLACK_BYTES = 16;

/**
 * Records of a shard on their way into files, in the order of its log. Its memory is reused from
 * one chunk to the next.
 */
export class RecordChunk implements RowSource {
  readonly columns: OrderColumns;
  /** By row: index in `OUTCOMES`; in the kernels' memory. */
  readonly outcome: Uint8Array;
  /** What made a late record late. */
  readonly watermarkMs: Float64Array;
  readonly arrivalTimeMs: Float64Array;
  /** Index in `sources`. */
  readonly source: Uint32Array;
  readonly sources: string[] = [];
  /** The sequence number of row i is `sequences.bytes[sequenceEnd[i - 1] … sequenceEnd[i] - 1]`. */
  readonly sequenceEnd: Uint32Array;
  readonly sequences = new ByteHeap();
  /** For what is made of one chunk. */
  readonly arena: KernelArena;
  #blocks: readonly RowBlock[] = [];

  constructor(capacity: number, memory: KernelMemory) {
    this.columns = new OrderColumns(capacity, memory);
    this.arena = new KernelArena(memory);
    this.outcome = memory.bytes(memory.allocate(capacity), capacity);
    this.watermarkMs = new Float64Array(capacity);
    this.arrivalTimeMs = new Float64Array(capacity);
    this.source = new Uint32Array(capacity);
    this.sequenceEnd = new Uint32Array(capacity);
  }

  get rowCount(): number {
    return this.columns.rowCount;
  }

  get freeRows(): number {
    return this.columns.capacity - this.columns.rowCount;
  }

  get dictionaries(): readonly ByteDictionary[] {
    return this.columns.dictionaries;
  }

  /** One, made when it is first asked for after the last `add`. */
  get blocks(): readonly RowBlock[] {
    if (this.#blocks.length === 0) this.#blocks = [this.#block()];
    return this.#blocks;
  }

  forEachBlock(
    rows: Uint32Array,
    visit: (block: RowBlock, from: number, to: number) => void,
  ): void {
    visit(this.blocks[0], 0, rows.length);
  }

  clear(): void {
    this.#blocks = [];
    this.arena.reset();
    this.columns.clear();
    this.sources.length = 0;
    this.sequences.size = 0;
  }

  /**
   * Adds `records[from … to - 1]`, whose data is in `events`. What the rules say now must be what
   * they said when the record was consumed: otherwise other code wrote the log.
   */
  add(
    records: readonly SegmentRecord[],
    events: readonly Uint8Array[],
    { from, to, source, parser }: { from: number; to: number; source: string; parser: EventParser },
  ): void {
    const first = this.rowCount;
    this.#blocks = [];
    parser.parse(events, from, to, this.columns);
    let sourceIndex = this.sources.indexOf(source);
    if (sourceIndex < 0) sourceIndex = this.sources.push(source) - 1;
    const { issues, status } = this.columns;
    for (let index = from; index < to; index++) {
      const row = first + index - from;
      const { record, outcome, watermarkMs } = records[index];
      const code = OUTCOME_CODE.get(outcome) as OutcomeCode;
      const isSame = isOutcomeOf(code, issues[row], status[row]);
      assert(isSame, `${outcome} record ${record.sequenceNumber} of ${source} keeps its outcome`);
      assert((outcome === 'late') === (watermarkMs !== null), 'late records have a watermark');
      this.outcome[row] = code;
      this.watermarkMs[row] = watermarkMs ?? 0;
      this.arrivalTimeMs[row] = record.arrivalTimeMs;
      this.source[row] = sourceIndex;
      this.#addSequence(row, record.sequenceNumber);
    }
  }

  /** A function that gives the bytes of a quarantined row's record. */
  quarantinedRecords(): (row: number) => Uint8Array {
    const { quarantinedRow, quarantinedCount, raw, rawEnd } = this.columns;
    const indexOfRow = new Map<number, number>();
    for (let i = 0; i < quarantinedCount; i++) indexOfRow.set(quarantinedRow[i], i);
    return (row) => {
      const index = indexOfRow.get(row);
      assert(index !== undefined, 'the record of every row with issues is kept');
      return raw.bytes.subarray(index === 0 ? 0 : rawEnd[index - 1], rawEnd[index]);
    };
  }

  /** Where the sequence number of a row starts in `sequences`. */
  sequenceStart(row: number): number {
    return row === 0 ? 0 : this.sequenceEnd[row - 1];
  }

  /**
   * Sorts rows by the bytes of their source and then by sequence number as a number. Returns a
   * function for lists of rows, which it sorts in place.
   */
  sorter(): (rows: Uint32Array) => Uint32Array {
    const rankOfSource = ranksOf(this.sources);
    const compare = (a: number, b: number) =>
      rankOfSource[this.source[a]] - rankOfSource[this.source[b]] || this.#compareSequences(a, b);
    for (let row = 1; row < this.rowCount; row++) {
      // Only redriven records come late in a log, so there is nearly never anything to sort.
      if (compare(row - 1, row) > 0) return (rows) => rows.sort(compare);
    }
    return (rows) => rows;
  }

  #block(): RowBlock {
    const { columns, outcome, rowCount } = this;
    let earliestMs = Number.POSITIVE_INFINITY;
    let latestMs = Number.NEGATIVE_INFINITY;
    for (let row = 0; row < rowCount; row++) {
      if (outcome[row] !== ACTIVE && outcome[row] !== CANCELLED) continue;
      earliestMs = Math.min(earliestMs, columns.timeMs[row]);
      latestMs = Math.max(latestMs, columns.timeMs[row]);
    }
    const { timeMs: time, priceCents: price, quantity, status, codes, idEnd } = columns;
    const remainder = columns.hasRemainders ? columns.remainderCents : null;
    // Long ids have left the kernels' memory.
    const size = columns.ids.size;
    const idsAt = this.arena.place(columns.ids.bytes.subarray(0, size), ID_SLACK_BYTES);
    const ids = this.arena.memory.bytes(idsAt, size);
    return {
      ...{ baseRow: 0, rowCount, baseTimeMs: 0, earliestMs, latestMs },
      columns: { idEnd, ids, time, price, remainder, quantity, status, codes },
      codeOfAt: codes.map(() => 0),
    };
  }

  #addSequence(row: number, sequenceNumber: string): void {
    const bytes = this.sequences.reserve(sequenceNumber.length);
    let at = this.sequences.size;
    for (let i = 0; i < sequenceNumber.length; i++) bytes[at++] = sequenceNumber.charCodeAt(i);
    this.sequences.size = at;
    this.sequenceEnd[row] = at;
  }

  #compareSequences(a: number, b: number): number {
    const { view } = this.sequences;
    const aStart = this.#firstDigit(a);
    const bStart = this.#firstDigit(b);
    const aEnd = this.sequenceEnd[a];
    const bEnd = this.sequenceEnd[b];
    const byLength = aEnd - aStart - (bEnd - bStart);
    return byLength !== 0 ? byLength : compareBytes(view, aStart, aEnd, view, bStart, bEnd);
  }

  /** Behind leading zeros. */
  #firstDigit(row: number): number {
    const { bytes } = this.sequences;
    let at = this.sequenceStart(row);
    while (at < this.sequenceEnd[row] && bytes[at] === ZERO) at++;
    return at;
  }
}

/** Whether the rules of one record allow an outcome; whether it counts is up to the log. */
function isOutcomeOf(outcome: OutcomeCode, issues: IssueBits, status: number): boolean {
  if (issues !== 0 || outcome === QUARANTINED) return issues !== 0 && outcome === QUARANTINED;
  const counts = outcome === ACTIVE || outcome === CANCELLED;
  return !counts || outcome === OUTCOME_OF_STATUS[status];
}

/** By source: its place in the order of bytes. */
function ranksOf(sources: readonly string[]): number[] {
  const sorted = [...sources].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return sources.map((source) => sorted.indexOf(source));
}

import { ByteHeap } from '../../../shared/bytes/byte-heap.ts';
import { compareBytes } from '../../../shared/bytes/bytes.ts';
import { OrderColumns } from '../../../shared/ingest/order-columns.ts';
import type { EventParser } from '../../../shared/ingest/parse-events.ts';
import { assert } from '../../../shared/model/errors.ts';
import { CANCELLED_STATUS } from '../../../shared/model/order.ts';
import { OUTCOMES, type Outcome } from '../../../shared/model/outcome.ts';
import type { SegmentRecord } from '../../../shared/state/segment.ts';

/** Index in `OUTCOMES`. */
export type OutcomeCode = number;

const OUTCOME_CODE = new Map<Outcome, OutcomeCode>(OUTCOMES.map((name, code) => [name, code]));
const ACTIVE = OUTCOMES.indexOf('active');
const CANCELLED = OUTCOMES.indexOf('cancelled');
const QUARANTINED = OUTCOMES.indexOf('quarantined');

const ZERO = 0x30;

/**
 * Records of a shard on their way into files, in the order of its log. Its memory is reused from
 * one chunk to the next.
 */
export class RecordChunk {
  readonly columns: OrderColumns;
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

  constructor(capacity: number) {
    this.columns = new OrderColumns(capacity);
    this.outcome = new Uint8Array(capacity);
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

  clear(): void {
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
    parser.parse(events, from, to, this.columns);
    let sourceIndex = this.sources.indexOf(source);
    if (sourceIndex < 0) sourceIndex = this.sources.push(source) - 1;
    const { issues, status } = this.columns;
    for (let index = from; index < to; index++) {
      const row = first + index - from;
      const { record, outcome, watermarkMs } = records[index];
      const code = OUTCOME_CODE.get(outcome) as OutcomeCode;
      const isQuarantined = code === QUARANTINED;
      const isSame = isQuarantined === (issues[row] !== 0) && isOfStatus(code, status[row]);
      assert(isSame, `${outcome} record ${record.sequenceNumber} of ${source} keeps its outcome`);
      assert((outcome === 'late') === (watermarkMs !== null), 'late records have a watermark');
      this.outcome[row] = code;
      this.watermarkMs[row] = watermarkMs ?? 0;
      this.arrivalTimeMs[row] = record.arrivalTimeMs;
      this.source[row] = sourceIndex;
      this.#addSequence(row, record.sequenceNumber);
    }
  }

  /** Where the sequence number of a row starts in `sequences`. */
  sequenceStart(row: number): number {
    return row === 0 ? 0 : this.sequenceEnd[row - 1];
  }

  /** The rows sorted by the bytes of their source and then by sequence number as a number. */
  sortedRows(): Uint32Array {
    const rows = Uint32Array.from({ length: this.rowCount }, (_, row) => row);
    const rankOfSource = ranksOf(this.sources);
    const compare = (a: number, b: number) =>
      rankOfSource[this.source[a]] - rankOfSource[this.source[b]] || this.#compareSequences(a, b);
    for (let row = 1; row < rows.length; row++) {
      // Only redriven records come late in a log, so there is nearly never anything to sort.
      if (compare(row - 1, row) > 0) return rows.sort(compare);
    }
    return rows;
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

/** An order that counts is cancelled by its status and nothing else. */
function isOfStatus(outcome: OutcomeCode, status: number): boolean {
  if (outcome === ACTIVE) return status !== CANCELLED_STATUS;
  return outcome !== CANCELLED || status === CANCELLED_STATUS;
}

/** By source: its place in the order of bytes. */
function ranksOf(sources: readonly string[]): number[] {
  const sorted = [...sources].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return sources.map((source) => sorted.indexOf(source));
}

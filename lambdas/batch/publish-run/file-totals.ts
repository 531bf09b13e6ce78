import type { CsvLayout } from '../../shared/ingest/csv-layout.ts';
import { ISSUE_CODES, type IssueCode } from '../../shared/model/issue.ts';
import { addedIssues, type IssueCounts } from '../../shared/rules/issue-counts.ts';
import { addValues } from '../map-chunk/last-line.ts';
import type { BatchPlan, PlannedInput } from '../run/batch-plan.ts';
import type { ChunkResult, LastLine } from '../run/chunk-result.ts';

/** What the chunks of one file say together. */
export interface FileTotals {
  readonly layout: CsvLayout | null;
  readonly readRecords: number;
  readonly quarantinedRecords: number;
  /** By index in `ISSUE_CODES`; empty where no record has an issue. */
  readonly issueRecords: IssueCounts;
  readonly strayQuotes: ChunkResult['strayQuotes'];
  readonly lastLine: LastLine;
}

/** What became of one input. */
export interface InputResult {
  readonly inputIndex: number;
  readonly input: PlannedInput;
  /** Null if no chunk was read: it was rejected, or holds nothing but a header. */
  readonly totals: FileTotals | null;
  /** The reason, where it was rejected when it was read. */
  readonly rejected: string | null;
}

/** Records of a file that have this issue. */
export function issueCount({ issueRecords }: FileTotals, code: IssueCode): number {
  return issueRecords[ISSUE_CODES.indexOf(code)] ?? 0;
}

/**
 * Adds up chunks, which come in order of records, into one result per input; one input at a time is
 * in memory.
 */
export class ResultsByInput {
  #current: InputResult | null = null;

  /**
   * Takes the next chunk; null if its range is inside a record of an earlier one. Returns the
   * previous input once a chunk of the next one comes.
   */
  add(inputIndex: number, input: PlannedInput, chunk: ChunkResult | null): InputResult | null {
    const { totals, rejected } = resultOf(input, chunk);
    const before = this.#current;
    if (before?.inputIndex !== inputIndex) {
      this.#current = { inputIndex, input, totals, rejected };
      return before;
    }
    this.#current = {
      inputIndex,
      input,
      totals: addedTotals(before.totals, totals),
      rejected: before.rejected ?? rejected,
    };
    return null;
  }

  /** The last input; null if there was no chunk. */
  end(): InputResult | null {
    return this.#current;
  }
}

/**
 * One result per input, in order of records, for a run whose results are all in memory. `chunks`
 * are by chunk index.
 */
export function* inputResults(
  plan: Pick<BatchPlan, 'inputs' | 'chunks'>,
  chunks: readonly (ChunkResult | null)[],
): Generator<InputResult> {
  const byInput = new ResultsByInput();
  for (const { chunkIndex, inputIndex } of plan.chunks) {
    const done = byInput.add(inputIndex, plan.inputs[inputIndex], chunks[chunkIndex]);
    if (done !== null) yield done;
  }
  const last = byInput.end();
  if (last !== null) yield last;
}

function resultOf(
  input: PlannedInput,
  chunk: ChunkResult | null,
): Pick<InputResult, 'totals' | 'rejected'> {
  if (chunk?.status === 'rejected') return { totals: null, rejected: chunk.reason ?? 'unknown' };
  if (chunk?.status !== 'mapped') return { totals: null, rejected: null };
  return { totals: { ...chunk, layout: input.layout ?? chunk.layout }, rejected: null };
}

/** `b` is of a later chunk. */
function addedTotals(a: FileTotals | null, b: FileTotals | null): FileTotals | null {
  if (a === null || b === null) return a ?? b;
  return {
    layout: b.layout,
    readRecords: a.readRecords + b.readRecords,
    quarantinedRecords: a.quarantinedRecords + b.quarantinedRecords,
    issueRecords: addedIssues(a.issueRecords, b.issueRecords),
    strayQuotes: {
      records: a.strayQuotes.records + b.strayQuotes.records,
      firstOffset: a.strayQuotes.firstOffset ?? b.strayQuotes.firstOffset,
    },
    lastLine: {
      others: addValues(a.lastLine.others, b.lastLine.others),
      open: b.lastLine.open ?? a.lastLine.open,
    },
  };
}

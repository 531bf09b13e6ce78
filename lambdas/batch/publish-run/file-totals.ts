import type { CsvLayout } from '../../shared/ingest/csv-layout.ts';
import { ISSUE_CODES, type IssueCode } from '../../shared/model/issue.ts';
import type { BatchPlan, PlannedInput } from '../batch-plan.ts';
import type { ChunkResult } from '../map-chunk/chunk-result.ts';
import { addValues, type LastLine } from '../map-chunk/last-line.ts';

/** What the chunks of one file say together. */
export interface FileTotals {
  readonly input: PlannedInput;
  readonly layout: CsvLayout | null;
  readonly readRecords: number;
  readonly quarantinedRecords: number;
  /** By index in `ISSUE_CODES`; empty where no record has an issue. */
  readonly issueRecords: readonly number[];
  readonly strayQuotes: ChunkResult['strayQuotes'];
  readonly lastLine: LastLine;
}

export function issueCount({ issueRecords }: FileTotals, code: IssueCode): number {
  return issueRecords[ISSUE_CODES.indexOf(code)] ?? 0;
}

/**
 * By file that was read, in order of records. `chunks` are by chunk index; null where a chunk's
 * range lies inside a record of an earlier one.
 */
export function fileTotals(
  plan: Pick<BatchPlan, 'inputs' | 'chunks'>,
  chunks: readonly (ChunkResult | null)[],
): FileTotals[] {
  const byInput = new Map<number, FileTotals>();
  for (const { chunkIndex, inputIndex } of plan.chunks) {
    const chunk = chunks[chunkIndex];
    if (chunk?.status !== 'mapped') continue;
    const before = byInput.get(inputIndex);
    const input = plan.inputs[inputIndex];
    const total = { ...chunk, input, layout: input.layout ?? chunk.layout };
    byInput.set(inputIndex, before === undefined ? total : added(before, total));
  }
  return [...byInput.values()];
}

/** `b` is of a later chunk. */
function added(a: FileTotals, b: FileTotals): FileTotals {
  return {
    input: b.input,
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

function addedIssues(a: readonly number[], b: readonly number[]): readonly number[] {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a;
  return a.map((count, index) => count + b[index]);
}

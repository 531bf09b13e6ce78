import { addedIssues, countsByCode, type IssueCounts } from '../../shared/rules/issue-counts.ts';
import { looksCut } from '../map-chunk/last-line.ts';
import type { RejectedFile } from '../run/batch-plan.ts';
import { type FileTotals, type InputResult, issueCount } from './file-totals.ts';
import type { PreviousRun } from './previous-run.ts';
import { QuarantineSums } from './quarantine-limit.ts';

/** A place in a file, for a warning. */
export interface FilePlace {
  readonly key: string;
  readonly offset: number;
}

/**
 * Sums over all inputs of a run. They come one by one in order of records and are not kept: there
 * may be a million.
 */
export class InputSummary {
  inputCount = 0;
  isFromRaw = false;
  /** Files that were rejected when they were read. */
  readonly rejected: RejectedFile[] = [];
  /** By index in `ISSUE_CODES`; empty where no record has an issue. */
  issueRecords: IssueCounts = [];
  readonly strayQuotes = { records: 0, first: null as FilePlace | null };
  readonly cutFiles = { count: 0, first: null as FilePlace | null };
  /** Sums over all files, and over those that are new since the previous run. */
  readonly quarantine = { all: new QuarantineSums(), fresh: new QuarantineSums() };
  /** Keys of the inputs that were asked for, by index. */
  readonly keys = new Map<number, string>();
  readonly #before: PreviousRun | null;
  readonly #wanted: ReadonlySet<number>;

  /** Takes what is here out of `before.inputs`; what is left in it in the end has vanished. */
  constructor(before: PreviousRun | null, wanted: ReadonlySet<number>) {
    this.#before = before;
    this.#wanted = wanted;
  }

  /** Takes the next input; inputs must come in order of records. */
  add({ inputIndex, input, totals, rejected }: InputResult): void {
    const { key, etag } = input;
    this.inputCount += 1;
    this.isFromRaw ||= input.kind === 'segment';
    if (this.#wanted.has(inputIndex)) this.keys.set(inputIndex, key);
    const isNew = this.#before?.inputs.get(key)?.etag !== etag;
    this.#before?.inputs.delete(key);
    if (rejected !== null) this.rejected.push({ key, reason: rejected });
    if (totals === null) return;
    this.issueRecords = addedIssues(this.issueRecords, totals.issueRecords);
    this.quarantine.all.add(key, totals);
    if (isNew) this.quarantine.fresh.add(key, totals);
    this.#lookForStrayQuotes(key, totals);
    this.#lookAtLastLine(key, totals);
  }

  /** Records by issue code, codes that did not occur left out. */
  get issues(): Record<string, number> {
    return countsByCode(this.issueRecords);
  }

  #lookForStrayQuotes(key: string, { strayQuotes }: FileTotals): void {
    if (strayQuotes.records === 0) return;
    this.strayQuotes.records += strayQuotes.records;
    this.strayQuotes.first ??= { key, offset: strayQuotes.firstOffset ?? 0 };
  }

  #lookAtLastLine(key: string, totals: FileTotals): void {
    const isCut = looksCut({
      ...totals,
      wrongFieldCounts: issueCount(totals, 'wrong_field_count'),
      invalidJson: issueCount(totals, 'invalid_json'),
      unknownStatuses: issueCount(totals, 'status_unknown'),
      missingStatuses: issueCount(totals, 'status_missing'),
    });
    if (!isCut) return;
    this.cutFiles.count += 1;
    this.cutFiles.first ??= { key, offset: totals.lastLine.open?.offset ?? 0 };
  }
}

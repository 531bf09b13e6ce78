import { ISSUE_CODES } from '../../shared/model/issue.ts';
import { looksCut } from '../map-chunk/last-line.ts';
import type { RejectedFile } from '../run/batch-plan.ts';
import { addedIssues, type FileTotals, type InputResult, issueCount } from './file-totals.ts';
import type { PreviousRun } from './previous-run.ts';
import { QuarantineSums } from './quarantine-limit.ts';

/** A place in a file, for a warning. */
export interface FilePlace {
  readonly key: string;
  readonly offset: number;
}

/**
 * What all inputs of a run say together. They come one by one in order of records, and none is
 * kept: there may be a million.
 */
export class InputSummary {
  inputCount = 0;
  isFromRaw = false;
  /** Files that were rejected when they were read. */
  readonly rejected: RejectedFile[] = [];
  /** By index in `ISSUE_CODES`; empty where no record has an issue. */
  issueRecords: readonly number[] = [];
  readonly strayQuotes = { records: 0, first: null as FilePlace | null };
  readonly cutFiles = { count: 0, first: null as FilePlace | null };
  /** Of all files, and of those that are new since the run before. */
  readonly quarantine = { all: new QuarantineSums(), fresh: new QuarantineSums() };
  /** By index: keys of the inputs that were asked for. */
  readonly keys = new Map<number, string>();
  readonly #before: PreviousRun | null;
  readonly #wanted: ReadonlySet<number>;

  /** Takes what is here out of `before.inputs`; what is left in it in the end has vanished. */
  constructor(before: PreviousRun | null, wanted: ReadonlySet<number>) {
    this.#before = before;
    this.#wanted = wanted;
  }

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
    const sums = ISSUE_CODES.map((code, index): [string, number] => {
      return [code, this.issueRecords[index] ?? 0];
    });
    return Object.fromEntries(sums.filter(([, records]) => records > 0));
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

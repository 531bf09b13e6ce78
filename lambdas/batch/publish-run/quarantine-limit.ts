import { TerminalError } from '../../shared/model/errors.ts';
import { ISSUE_CODES } from '../../shared/model/issue.ts';
import { addedIssues, type IssueCounts } from '../../shared/rules/issue-counts.ts';
import type { FileTotals } from './file-totals.ts';

/** A run that read fewer records is too small to tell an accident from a few bad rows. */
const MIN_RECORDS = 100;

/** Most issues, and files, named in a message. */
const MAX_NAMED = 5;

interface NamedFile {
  readonly text: string;
  readonly count: number;
  readonly of: number;
}

/** Sums of quarantined records over some files, and the files with the most. */
export class QuarantineSums {
  readRecords = 0;
  quarantinedRecords = 0;
  /** By index in `ISSUE_CODES`; empty where no record has an issue. */
  issueRecords: IssueCounts = [];
  /** Files of which a record is quarantined. */
  fileCount = 0;
  worst: readonly NamedFile[] = [];

  /** Adds a file; only the worst ones are kept by name. */
  add(key: string, { readRecords, quarantinedRecords, issueRecords }: FileTotals): void {
    this.readRecords += readRecords;
    if (quarantinedRecords === 0) return;
    this.quarantinedRecords += quarantinedRecords;
    this.issueRecords = addedIssues(this.issueRecords, issueRecords);
    this.fileCount += 1;
    const file = { text: key, count: quarantinedRecords, of: readRecords };
    this.worst = [...this.worst, file].sort((a, b) => b.count - a.count).slice(0, MAX_NAMED);
  }
}

/**
 * Throws `TerminalError` `too_many_quarantined` if more than `maxShare` of the run, or of its new
 * files, is quarantined: an export that changed its form overnight must not replace good tables
 * (contract §2.3). A file is new if the previous run did not read it, or read other bytes under its
 * key.
 */
export function assertFewQuarantined(
  all: QuarantineSums,
  fresh: QuarantineSums,
  maxShare: number,
): void {
  if (all.readRecords < MIN_RECORDS) return;
  const isAll = exceeds(all, maxShare);
  if (!isAll && !exceeds(fresh, maxShare)) return;
  const meant = isAll ? all : fresh;
  const ofWhich = isAll ? 'records' : 'records of files that are new since the previous run';
  const { readRecords, quarantinedRecords } = meant;
  const message =
    `${quarantinedRecords} of ${readRecords} ${ofWhich} are quarantined; allowed: up to ` +
    `${percent(maxShare)} (batch.maxQuarantined): ${issuesText(meant)}; in ${filesText(meant)}. ` +
    'The tables do not change. Fix the files, or publish anyway: npx tandem batch ' +
    '--accept-quarantined';
  throw new TerminalError('too_many_quarantined', message);
}

function exceeds(sums: QuarantineSums, maxShare: number): boolean {
  return sums.quarantinedRecords > maxShare * sums.readRecords;
}

/** `0.5` → `50 %`. */
function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}

/** `order_timestamp_invalid (60), price_missing (3)`, the most frequent first. */
function issuesText({ issueRecords }: QuarantineSums): string {
  const counts = ISSUE_CODES.map((code, index) => ({ code, count: issueRecords[index] ?? 0 }));
  const found = counts.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
  const named = found.slice(0, MAX_NAMED).map(({ code, count }) => `${code} (${count})`);
  return listed(named, found.length);
}

function filesText({ worst, fileCount }: QuarantineSums): string {
  const named = worst.map(({ text, count, of }) => `${text} (${count} of ${of})`);
  return listed(named, fileCount);
}

function listed(named: readonly string[], count: number): string {
  const rest = count - named.length;
  return named.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

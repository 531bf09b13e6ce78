import { ISSUE_CODES } from '../../shared/model/issue.ts';
import { TerminalError } from '../../shared/runtime/errors.ts';
import { type FileTotals, issueCount } from './file-totals.ts';
import type { PreviousRun } from './previous-run.ts';

/** A run that read fewer records is too small to tell an accident from a few bad rows. */
const MIN_RECORDS = 100;

/** Of issues and of files that a message names. */
const MAX_NAMED = 5;

/**
 * Holds back a run of which more than `maxShare` is quarantined, or of whose new files: an export
 * that changed its form overnight must not replace good tables (contract §2.3). A file is new where
 * the run before did not read it, or read other bytes under its key. Throws `TerminalError`
 * `too_many_quarantined`.
 */
export function assertFewQuarantined(
  files: readonly FileTotals[],
  before: PreviousRun | null,
  maxShare: number,
): void {
  if (sumOf(files, 'readRecords') < MIN_RECORDS) return;
  const isNew = ({ input }: FileTotals) => before?.inputs.get(input.key)?.etag !== input.etag;
  const fresh = files.filter(isNew);
  const isAll = exceeds(files, maxShare);
  if (!isAll && !exceeds(fresh, maxShare)) return;
  const meant = isAll ? files : fresh;
  const ofWhich = isAll ? 'records' : 'records of files that are new since the run before';
  const read = sumOf(meant, 'readRecords');
  const quarantined = sumOf(meant, 'quarantinedRecords');
  const message =
    `${quarantined} of ${read} ${ofWhich} are quarantined, allowed are ${percent(maxShare)} ` +
    `(batch.maxQuarantined): ${issuesText(meant)}; in ${filesText(meant)}. The tables stay as they ` +
    'are. Mend the files, or publish all the same: batch --accept-quarantined';
  throw new TerminalError('too_many_quarantined', message);
}

function exceeds(files: readonly FileTotals[], maxShare: number): boolean {
  return sumOf(files, 'quarantinedRecords') > maxShare * sumOf(files, 'readRecords');
}

function sumOf(files: readonly FileTotals[], name: 'readRecords' | 'quarantinedRecords'): number {
  return files.reduce((sum, file) => sum + file[name], 0);
}

/** `0.5` → `50 %`. */
function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}

/** `order_timestamp_invalid (60), price_missing (3)`, the most frequent first. */
function issuesText(files: readonly FileTotals[]): string {
  const counts = ISSUE_CODES.map((code) => ({
    text: code as string,
    count: files.reduce((sum, file) => sum + issueCount(file, code), 0),
  }));
  return listed(counts, (count) => `${count}`);
}

function filesText(files: readonly FileTotals[]): string {
  const counts = files.map(({ input, quarantinedRecords, readRecords }) => ({
    text: input.key,
    count: quarantinedRecords,
    of: readRecords,
  }));
  return listed(counts, (count, { of }) => `${count} of ${of}`);
}

function listed<Item extends { readonly text: string; readonly count: number }>(
  items: readonly Item[],
  countText: (count: number, item: Item) => string,
): string {
  const some = items.filter(({ count }) => count > 0).toSorted((a, b) => b.count - a.count);
  const named = some
    .slice(0, MAX_NAMED)
    .map((item) => `${item.text} (${countText(item.count, item)})`);
  const rest = some.length - named.length;
  return named.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

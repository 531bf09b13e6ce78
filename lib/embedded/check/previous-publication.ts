import type { FileTotals } from '../../../lambdas/batch/publish-run/file-totals.ts';
import { type PreviousRun, readPrevious } from '../../../lambdas/batch/publish-run/previous-run.ts';
import {
  assertFewQuarantined,
  QuarantineSums,
} from '../../../lambdas/batch/publish-run/quarantine-limit.ts';
import type { ManifestInput } from '../../../lambdas/batch/run/batch-manifest.ts';
import { TerminalError } from '../../../lambdas/shared/model/errors.ts';
import { type Warning, warningOf } from '../../../lambdas/shared/model/warning.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { BATCH_CURRENT_KEY } from '../../../lambdas/shared/state/batch-keys.ts';
import { readCurrentPointer } from '../../../lambdas/shared/state/current-pointer.ts';
import type { Refusal } from './check-options.ts';
import type { FileIssues } from './survey-quarantine.ts';

/** The current run of a lake; null if it has none, or there is no lake. */
export async function previousPublication(lake: ObjectStore | null): Promise<PreviousRun | null> {
  if (lake === null) return null;
  return await readPrevious(lake, { previous: await readCurrentPointer(lake, BATCH_CURRENT_KEY) });
}

/** What a run of one thread says of a file that nothing but its issues matters of. */
const NOTHING_ELSE: Omit<FileTotals, 'readRecords' | 'quarantinedRecords' | 'issueRecords'> = {
  layout: null,
  strayQuotes: { records: 0, firstOffset: null },
  lastLine: {
    others: { records: 0, shortestBytes: 0, longestBytes: 0, fewestDecimals: 0 },
    open: null,
  },
};

/**
 * Whether a run would refuse to publish, because too large a part of all files, or of those that
 * are new since the run before, is quarantined (contract §2.3). Null: it would not.
 */
export function quarantineRefusal(
  inputs: readonly ManifestInput[],
  byFile: ReadonlyMap<string, FileIssues>,
  before: PreviousRun | null,
  maxQuarantined: number,
): Refusal | null {
  const all = new QuarantineSums();
  const fresh = new QuarantineSums();
  for (const { key, etag, records } of inputs) {
    const { quarantinedRecords = 0, issueRecords = [] } = byFile.get(key) ?? {};
    const totals = { ...NOTHING_ELSE, readRecords: records, quarantinedRecords, issueRecords };
    all.add(key, totals);
    if (before?.inputs.get(key)?.etag !== etag) fresh.add(key, totals);
  }
  try {
    assertFewQuarantined(all, fresh, maxQuarantined);
    return null;
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    return { code: error.code, message: error.message };
  }
}

/** The warning of files that the run before read and that are gone; none if all are there. */
export function vanishedFiles(
  before: PreviousRun | null,
  keys: ReadonlySet<string>,
): readonly Warning[] {
  const gone = [...(before?.inputs.keys() ?? [])].filter(
    (key) => key.startsWith('orders/') && !keys.has(key),
  );
  return gone.length === 0 ? [] : [warningOf('files_vanished', gone.length, gone[0])];
}

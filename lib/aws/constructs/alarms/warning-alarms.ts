import type { WarningCode } from '../../../../lambdas/shared/model/warning.ts';
import type { Deployment } from '../../deployment.ts';
import { type AlarmSpec, ownMetric } from './alarm-spec.ts';

/** The alarm, what the warning means, and what to do. Tables are published all the same. */
const ALARMS: readonly (readonly [code: WarningCode, id: string, text: string])[] = [
  [
    'files_ignored',
    'FilesIgnored',
    'A batch run ignored objects whose names begin with . or _. Rename those that hold orders.',
  ],
  [
    'files_rejected',
    'FilesRejected',
    'A batch run rejected files: none of their rows count. The manifest names each one with the ' +
      'reason; fix the files and upload them again.',
  ],
  [
    'files_vanished',
    'FilesVanished',
    'Files of the previous batch run are gone from landing, so their orders no longer count. ' +
      'Restore them: each run reads everything in landing.',
  ],
  [
    'stray_quote',
    'StrayQuotes',
    'Records contain a quote that opens no quoted field, so a field may have a wrong value. Check ' +
      'the place that the manifest names.',
  ],
  [
    'duplicates_differ',
    'DuplicatesDiffer',
    'Duplicates differ from the record that counts. The hint in the manifest names the fields, and ' +
      'whether they are lines of one order, later states or spoiled ids.',
  ],
  [
    'last_line_cut',
    'LastLinesCut',
    'A file ends in a line that looks truncated: the upload may have ended early. Compare it with its ' +
      'source and upload it again.',
  ],
  [
    'join_misses',
    'JoinMisses',
    'Orders have no matching customer or product. Compare the spelling of the ids on both sides; ' +
      'the manifest names one.',
  ],
  [
    'dimension_issues',
    'DimensionIssues',
    'Rows of customers or products were skipped, or a value in them became null. Fix the row that ' +
      'the manifest names, and similar ones.',
  ],
  [
    'future_events',
    'FutureEvents',
    'Orders are more than a day later than the run: a clock or year is wrong. Check the one that ' +
      'the manifest names.',
  ],
];

/**
 * An alarm for each kind of warning of a run or epoch; it ends when the next one has none. The one
 * about kept dimensions is among the stream's alarms.
 */
export function warningAlarms(deployment: Deployment): AlarmSpec[] {
  return ALARMS.map(([code, id, text]) => ({
    id,
    metric: ownMetric(deployment, `Warning_${code}`),
    threshold: 0,
    text,
  }));
}

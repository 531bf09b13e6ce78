import type { WarningCode } from '../../../../lambdas/shared/model/warning.ts';
import type { Deployment } from '../../deployment.ts';
import { type AlarmSpec, ownMetric } from './alarm-spec.ts';

/** The alarm, what the warning means, and what to do. Tables are published all the same. */
const ALARMS: readonly (readonly [code: WarningCode, id: string, text: string])[] = [
  [
    'files_ignored',
    'FilesIgnored',
    'A batch run passed over objects whose names begin with . or _. Rename those that hold orders.',
  ],
  [
    'files_rejected',
    'FilesRejected',
    'A batch run could not read files: none of their rows count. The manifest names each with its ' +
      'reason; mend them and upload them again.',
  ],
  [
    'files_vanished',
    'FilesVanished',
    'Files of the batch run before are gone from landing, and their orders no longer count. Put ' +
      'them back: a run reads all that landing holds.',
  ],
  [
    'stray_quote',
    'StrayQuotes',
    'Records hold a quote that opens no quoted field. Look at the place that the manifest names: a ' +
      'field may be another one than was meant.',
  ],
  [
    'duplicates_differ',
    'DuplicatesDiffer',
    'Duplicates say something else than the record that counts. The hint in the manifest names the ' +
      'fields, and whether they are lines of one order, later states or spoiled ids.',
  ],
  [
    'last_line_cut',
    'LastLinesCut',
    'A file ends in a line that looks cut: the upload may have ended early. Compare it with its ' +
      'source and upload it again.',
  ],
  [
    'join_misses',
    'JoinMisses',
    'Orders found no customer or no product. Compare how the ids are written on both sides; the ' +
      'manifest names one.',
  ],
  [
    'dimension_issues',
    'DimensionIssues',
    'Rows of customers or products were skipped, or a value in them became null. Mend the row that ' +
      'the manifest names, and its like.',
  ],
  [
    'future_events',
    'FutureEvents',
    'Orders are more than a day ahead of the run: a wrong clock or year. Look at the one that the ' +
      'manifest names.',
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

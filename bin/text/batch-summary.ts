import { OUTCOMES } from '../../lambdas/shared/rules/outcome.ts';
import type { ManifestView } from '../lake/manifest-view.ts';
import { textTable, withCommas } from './text-table.ts';
import { warningLines } from './warning-lines.ts';

const MAX_REJECTED_SHOWN = 20;

/**
 * The outcome of a batch run for people: how many records ended as what. Each warning is a row, or
 * with `hasHints` a line with its hint, for callers that do not print the lines elsewhere (standard
 * error).
 */
export function batchSummary(manifest: ManifestView, { hasHints = false } = {}): string {
  return [
    outcomeTable(manifest),
    issueTable(manifest),
    rejectedTable(manifest),
    hasHints ? warningLines(manifest.warnings ?? []) : warningTable(manifest),
    `revenue of active orders: ${withCommas(manifest.revenue)}\n`,
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function outcomeTable({ counts }: ManifestView): string {
  const { read } = counts;
  const shareOf = (count: number) => (read === 0 ? '' : `${((count / read) * 100).toFixed(2)} %`);
  const outcomes = OUTCOMES.filter((outcome) => outcome !== 'late' || counts.late > 0);
  const rows = (['read', ...outcomes] as const).map((name) => {
    return [name, withCommas(counts[name]), shareOf(counts[name])];
  });
  return textTable(
    [
      { title: 'outcome' },
      { title: 'records', isNumber: true },
      { title: 'share', isNumber: true },
    ],
    rows,
  );
}

/** A record can have several issues, so these may add up to more than what was quarantined. */
function issueTable({ issues }: ManifestView): string {
  const rows = Object.entries(issues)
    .filter(([, count]) => count > 0)
    .sort(([codeA, a], [codeB, b]) => b - a || (codeA < codeB ? -1 : 1))
    .map(([code, count]) => [code, withCommas(count)]);
  if (rows.length === 0) return '';
  return textTable([{ title: 'issue' }, { title: 'records', isNumber: true }], rows);
}

function rejectedTable({ rejected_files: rejected }: ManifestView): string {
  if (rejected.length === 0) return '';
  const shown = rejected.slice(0, MAX_REJECTED_SHOWN).map(({ key, reason }) => [key, reason]);
  const rest = rejected.length - shown.length;
  const more = rest > 0 ? `and ${withCommas(rest)} more\n` : '';
  return textTable([{ title: 'rejected file' }, { title: 'reason' }], shown) + more;
}

/** What each means, and what to do, says the line on standard error. */
function warningTable({ warnings = [] }: ManifestView): string {
  if (warnings.length === 0) return '';
  const columns = [{ title: 'warning' }, { title: 'count', isNumber: true }, { title: 'such as' }];
  return textTable(
    columns,
    warnings.map(({ code, count, example }) => [code, withCommas(count), example]),
  );
}

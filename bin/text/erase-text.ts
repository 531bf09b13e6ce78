import type { OlderRun } from '../../lib/embedded/erase/batch-holds.ts';
import type { ErasedCustomer } from '../../lib/embedded/erase/erase-customer.ts';
import type { Target } from '../base/command.ts';
import { counted, textTable, withCommas } from './text-table.ts';
import { visible } from './visible-text.ts';

export interface Erased extends ErasedCustomer {
  readonly customerId: string;
  readonly isDryRun: boolean;
  readonly target: Target;
  /** Batch runs that were joined with other customers than landing has now. */
  readonly olderRuns: readonly OlderRun[];
}

/** The result of `erase` for `--json`, without any value of the person: output ends up in logs. */
export function erasedJson(erased: Erased): Record<string, unknown> {
  const { wanted, staleFiles, leftovers, olderRuns } = erased;
  return {
    customer_id: erased.customerId,
    dry_run: erased.isDryRun,
    landing_has: Object.fromEntries(
      Object.entries(wanted).map(([column, value]) => [column, value !== null]),
    ),
    rows: rowsOf(erased),
    files: staleFiles,
    manifests: erased.manifests,
    replaced_manifests: erased.replacedManifests,
    replaced_plan: erased.isPlanReplaced,
    removed: {
      order_files: leftovers.orderFiles,
      dimension_copies: leftovers.dimensionCopies,
      reports: leftovers.reports,
    },
    batch_runs_before_landing: olderRuns.map(({ runId, createdAt, isCurrent }) => ({
      run_id: runId,
      created_at: createdAt,
      is_current: isCurrent,
    })),
  };
}

function rowsOf({ staleFiles }: ErasedCustomer): number {
  return staleFiles.reduce((sum, { rows }) => sum + rows, 0);
}

/** The result of `erase` for people, without any value of the person: output ends up in logs. */
export function erasedText(erased: Erased): string {
  const { isDryRun, staleFiles, leftovers, manifests } = erased;
  const { orderFiles, dimensionCopies, reports } = leftovers;
  const removed = orderFiles.length + dimensionCopies.length + reports.length;
  const [rewritten, gone] = isDryRun
    ? ['would be rewritten', 'would be removed']
    : ['rewritten', 'removed'];
  return [
    landingText(erased),
    `${rewritten}: ${counted(rowsOf(erased), 'row')} in ${counted(staleFiles.length, 'file')} of ` +
      `orders; searched ${counted(manifests, 'manifest')}\n`,
    `${gone}: ${counted(orderFiles.length, 'file')} of orders, ` +
      `${counted(dimensionCopies.length, 'copy', 'copies')} of customers, ` +
      `${counted(reports.length, 'report')}\n`,
    isDryRun && removed > 0 ? `\n${listText(erased)}` : '',
    batchText(erased),
    isDryRun || removed + staleFiles.length === 0
      ? ''
      : 'next: after the next epoch, run this again with --dry-run: it should find nothing\n',
  ].join('');
}

function landingText({ customerId, wanted }: Erased): string {
  const has = Object.entries(wanted).filter(([, value]) => value !== null);
  const said = has.length === 0 ? 'nothing' : has.map(([column]) => column).join(', ');
  return visible(`landing holds for customer ${customerId}: ${said}`).concat('\n');
}

function listText({ staleFiles, leftovers }: Erased): string {
  const rowsOfFile = new Map(staleFiles.map(({ key, rows }) => [key, rows]));
  const { orderFiles, dimensionCopies, reports } = leftovers;
  const rows = [...orderFiles, ...dimensionCopies, ...reports].map((key) => [
    key,
    rowsOfFile.has(key) ? withCommas(rowsOfFile.get(key) ?? 0) : '',
  ]);
  return `${textTable([{ title: 'object' }, { title: 'rows', isNumber: true }], rows)}\n`;
}

function batchText({ olderRuns, target }: Erased): string {
  if (olderRuns.length === 0) return 'batch: no kept run holds older data of customers\n';
  const flag = target === 'aws' ? ' --target aws' : '';
  const current = olderRuns.some(({ isCurrent }) => isCurrent)
    ? `batch: the current run holds older data of customers; run: npx tandem batch${flag}\n`
    : '';
  const older = olderRuns.filter(({ isCurrent }) => !isCurrent).map(({ runId }) => runId);
  const rest =
    older.length === 0
      ? ''
      : `batch: a run after batch.keepRunsFor deletes these older runs: ${older.join(', ')}\n`;
  return current + visible(rest.trimEnd()) + (rest === '' ? '' : '\n');
}

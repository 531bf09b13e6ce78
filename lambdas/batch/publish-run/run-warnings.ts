import type { LoadedDimension } from '../../shared/dimensions/load-dimension.ts';
import { ORDER_FIELDS } from '../../shared/model/order.ts';
import { inOrder, type Warning, warningOf } from '../../shared/model/warning.ts';
import type { PlanHeader, RejectedFile } from '../run/batch-plan.ts';
import type { RecordPlace } from '../run/findings.ts';
import {
  DUPLICATE_LOOKS,
  type DuplicateFindings,
  type DuplicateLook,
  type Findings,
} from '../run/findings.ts';
import type { FilePlace, InputSummary } from './input-summary.ts';
import type { PreviousRun } from './previous-run.ts';

/** What the warnings of a run are made of. */
export interface RunFacts {
  readonly plan: PlanHeader;
  readonly rejectedFiles: readonly RejectedFile[];
  /** The previous run, without the inputs that still exist. */
  readonly before: PreviousRun | null;
  readonly inputs: InputSummary;
  readonly findings: Findings;
  readonly customers: LoadedDimension;
  readonly products: LoadedDimension;
}

/**
 * The warnings of a run that was published nevertheless (contract §2.3). A function of the input,
 * the previous run and, for `future_events`, the start of the run.
 */
export function runWarnings(facts: RunFacts): Warning[] {
  return inOrder([
    ...ignored(facts),
    ...rejected(facts),
    ...vanished(facts),
    ...strayQuotes(facts),
    ...lastLines(facts),
    ...dimensionIssues(facts),
    ...ofRows(facts),
  ]);
}

function ignored({ plan }: RunFacts): Warning[] {
  const { count, example } = plan.ignored;
  return count === 0 ? [] : [warningOf('files_ignored', count, example ?? '')];
}

function rejected({ rejectedFiles }: RunFacts): Warning[] {
  if (rejectedFiles.length === 0) return [];
  const [{ key, reason }] = rejectedFiles;
  return [warningOf('files_rejected', rejectedFiles.length, `${key} (${reason})`)];
}

/** Inputs in landing are below this prefix; segments of the raw archive are not. */
const ORDERS_FOLDER = 'orders/';

/** A run over the raw archive after one over landing reads other files, and none is gone. */
function vanished({ rejectedFiles, inputs, before }: RunFacts): Warning[] {
  if (before === null) return [];
  const rejected = new Set(rejectedFiles.map(({ key }) => key));
  const gone = [...before.inputs]
    .map(([key, { records }]) => ({ key, records }))
    .filter(({ key }) => !rejected.has(key) && !key.startsWith(ORDERS_FOLDER) === inputs.isFromRaw);
  if (gone.length === 0) return [];
  const records = gone.reduce((sum, file) => sum + file.records, 0);
  const hint =
    `they held ${records} records of the previous run (its revenue: ${before.revenue}), which no ` +
    'longer count: a run reads everything in landing, so keep the files there';
  return [warningOf('files_vanished', gone.length, gone[0].key, hint)];
}

function strayQuotes({ inputs }: RunFacts): Warning[] {
  const { records, first } = inputs.strayQuotes;
  return first === null ? [] : [warningOf('stray_quote', records, placeText(first))];
}

function lastLines({ inputs }: RunFacts): Warning[] {
  const { count, first } = inputs.cutFiles;
  return first === null ? [] : [warningOf('last_line_cut', count, placeText(first))];
}

function dimensionIssues({ customers, products }: RunFacts): Warning[] {
  const first = customers.firstIssue ?? products.firstIssue;
  if (first === null) return [];
  const count = customers.counts.dimension_issues + products.counts.dimension_issues;
  return [warningOf('dimension_issues', count, placeText(first))];
}

/** Indexes of the inputs whose keys the warnings about rows name. */
export function namedInputs({ joins, duplicates, future }: Findings): Set<number> {
  const places = [duplicates.first, duplicates.first?.kept, joins.first, future.first];
  return new Set(places.flatMap((place) => place?.sourceIndex ?? []));
}

function ofRows({ inputs, findings }: RunFacts): Warning[] {
  const { joins, duplicates, future } = findings;
  const textOf = ({ sourceIndex, offset }: RecordPlace) =>
    placeText({ key: inputs.keys.get(sourceIndex) ?? '', offset });
  const warnings: Warning[] = [];
  if (duplicates.first !== null) {
    const { id, kept, ...place } = duplicates.first;
    const example = `order_id ${id} in ${textOf(place)} (${textOf(kept)} counts)`;
    const hint = differenceText(duplicates);
    warnings.push(warningOf('duplicates_differ', duplicates.records, example, hint));
  }
  if (joins.first !== null) {
    const example = `${joins.first.id} in ${textOf(joins.first)}`;
    const hint =
      `${joins.customersMissed} without customer, ${joins.productsMissed} without product: ` +
      'their joined columns are null; compare the spelling of the ids on both sides';
    warnings.push(warningOf('join_misses', joins.missed, example, hint));
  }
  if (future.first !== null) {
    warnings.push(warningOf('future_events', future.records, textOf(future.first)));
  }
  return warnings;
}

/** What each kind of differing duplicates looks like, and what to do. */
const LOOKS: Readonly<Record<DuplicateLook, string>> = {
  spoiled_id: 'ids that a spreadsheet changed (as 4.00638E+12): export order_id as text',
  line: 'lines of one order (same order_id, different product): give each line its own order_id',
  later_state: 'a later state of the order: set rules.keep to last to count the newest record',
  sent_again: 'the same order sent again at another time',
  other: 'an order_id that was given to several customers',
};

/** `they differ in product_id (2), price (1); 2 look like lines of one order (…)` */
function differenceText({ byField, byLook }: DuplicateFindings): string {
  const largestFirst = (a: readonly [string, number], b: readonly [string, number]) => b[1] - a[1];
  const pairs = (names: readonly string[], counts: readonly number[]) =>
    names
      .map((name, index) => [name, counts[index]] as const)
      .filter(([, count]) => count > 0)
      .toSorted(largestFirst);
  const fields = pairs(ORDER_FIELDS, byField).map(([name, count]) => `${name} (${count})`);
  const looks = pairs(DUPLICATE_LOOKS, byLook).map(([look, count]) => {
    return `${count} ${count === 1 ? 'looks' : 'look'} like ${LOOKS[look as DuplicateLook]}`;
  });
  return `they differ in ${fields.join(', ')}; ${looks.join('; ')}`;
}

function placeText({ key, offset }: FilePlace): string {
  return `${key} at byte ${offset}`;
}

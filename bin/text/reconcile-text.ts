import {
  CLASS_NAMES,
  type ClassName,
  type DifferentCell,
  type DifferentRecord,
} from '../../lambdas/reconcile/model/difference.ts';
import type { Period } from '../../lambdas/reconcile/model/period.ts';
import { RECORD_OUTCOMES, SIDES } from '../../lambdas/reconcile/model/record-batch.ts';
import type { ReconcileResult } from '../../lambdas/reconcile/model/result.ts';
import type { Difference } from '../../lambdas/reconcile/model/tally.ts';
import { JOINED_COLUMNS } from '../../lambdas/shared/model/dimension.ts';
import { formatCents } from '../../lambdas/shared/model/money.ts';
import { formatDay } from '../../lambdas/shared/model/time.ts';
import { counted, type TextColumn, textTable, withCommas } from './text-table.ts';

/** The outcome of a comparison for people (contract §5). */

export const CLASS_MEANINGS: Readonly<Record<ClassName, string>> = {
  late_in_stream: 'arrived in the stream after its window was closed; batch counts it',
  duplicate_beyond_horizon: 'copy sent after stream.dedupeHorizon; the stream counts it again',
  different_first: 'several records of one id; each side counts a different one',
  status_changed: 'same order, different status: it changed between the event and the export',
  dimension_changed: 'same record, joined with different values of its customer or product',
  not_in_stream: 'the stream never received this id',
  not_in_batch: 'batch never received this id',
  window_not_final: 'the stream has not closed this window yet; its orders are compared',
  unexplained: 'no rule explains it',
};

/** What prevents agreement comes first. */
const PRINT_ORDER: readonly ClassName[] = [
  'unexplained',
  'not_in_stream',
  'not_in_batch',
  ...CLASS_NAMES.filter((name) => !/^(unexplained|not_in_)/.test(name)),
];

export interface ReconcileTextOptions {
  readonly addressOf: (key: string) => string;
  readonly limit: number;
  readonly allowMissing: boolean;
}

/** The result of a comparison for people: totals, classes, first differences and the verdict. */
export function reconcileText(result: ReconcileResult, options: ReconcileTextOptions): string {
  const { runId, epoch, watermarkMs } = result;
  const until =
    watermarkMs === null ? 'no window is' : `windows up to ${timeText(watermarkMs)} are`;
  return [
    `batch run ${runId} against stream epoch ${epoch}; ${until} final in the stream\n` +
      periodText(result.period),
    totalsTable(result),
    classTable(result),
    differencesText(result, options),
    `${verdict(result, options)}\n${streamBeganText(result)}${reportText(result, options)}`,
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function reportText(
  { reportKey, reportRows, reportProblem }: ReconcileResult,
  { addressOf }: ReconcileTextOptions,
): string {
  const all = `all differences (${counted(reportRows, 'row')})`;
  if (reportProblem !== null) return `${all}: no report was written: ${reportProblem}\n`;
  return `${all}: ${addressOf(reportKey)}\n`;
}

function totalsTable({
  batchCounts,
  streamCounts,
  batchRevenueCents,
  streamRevenueCents,
}: ReconcileResult): string {
  const outcomes = ['read', 'active', 'cancelled', 'duplicate', 'late', 'quarantined'] as const;
  const counts = outcomes.flatMap((name) => {
    const [batch, stream] = [batchCounts[name], streamCounts[name]];
    if (batch === undefined || stream === undefined) return [];
    const title = name === 'read' ? 'records read' : name;
    return [[title, withCommas(batch), withCommas(stream), withCommas(batch - stream)]];
  });
  const cents = [batchRevenueCents, streamRevenueCents, batchRevenueCents - streamRevenueCents];
  return textTable(
    [{ title: '' }, number('batch'), number('stream'), number('difference')],
    [...counts, ['revenue', ...cents.map(moneyText)]],
  );
}

function classTable({ classes }: ReconcileResult): string {
  const found = CLASS_NAMES.filter((name) => classes[name].count > 0);
  if (found.length === 0) return 'Every order id and every cell of the revenue tables is equal.\n';
  return textTable(
    [{ title: 'difference' }, number('found'), number('revenue'), { title: 'meaning' }],
    found.map((name) => [
      name,
      `${withCommas(classes[name].count)}${name === 'window_not_final' ? ' cells' : ''}`,
      name === 'window_not_final' ? '' : moneyText(classes[name].cents),
      CLASS_MEANINGS[name],
    ]),
  );
}

function differencesText({ classes, shown }: ReconcileResult, { limit }: ReconcileTextOptions) {
  const parts: string[] = [];
  let left = limit;
  for (const name of PRINT_ORDER) {
    const ofClass = shown.filter((difference) => difference.class === name).slice(0, left);
    if (ofClass.length === 0) continue;
    left -= ofClass.length;
    const { count } = classes[name];
    const howMany =
      ofClass.length === count ? withCommas(count) : `${ofClass.length} of ${withCommas(count)}`;
    parts.push(
      `${name}, ${howMany}: ${CLASS_MEANINGS[name]}\n${recordTable(ofClass)}${cellTable(ofClass)}`,
    );
  }
  return parts.join('\n');
}

function recordTable(differences: readonly Difference[]): string {
  const rows = differences.flatMap((difference) => {
    if (difference.orderId === null) return [];
    const { orderId, differs, records } = difference;
    return records.map((record, index) => [
      index === 0 ? orderId : '',
      ...recordCells(record),
      noteOf(record, records, index === 0 ? differs : null),
    ]);
  });
  if (rows.length === 0) return '';
  return textTable(
    [
      { title: 'order id' },
      { title: 'side' },
      { title: 'outcome' },
      { title: 'customer' },
      { title: 'product' },
      { title: 'event time' },
      number('quantity'),
      number('price'),
      { title: 'status' },
      number('adds to difference'),
      { title: 'position' },
      { title: 'note' },
    ],
    rows,
  );
}

function recordCells(record: DifferentRecord): string[] {
  const { sourceOffset, sequenceNumber, timeMs, quantity, priceCents, effectCents } = record;
  return [
    SIDES[record.side],
    RECORD_OUTCOMES[record.outcome],
    record.customer_id ?? '',
    record.product_id ?? '',
    timeMs === null ? '' : timeText(timeMs),
    quantity === null ? '' : withCommas(quantity),
    priceCents === null ? '' : moneyText(BigInt(priceCents)),
    record.status ?? '',
    effectCents === 0 ? '' : moneyText(BigInt(effectCents)),
    `${record.source} ${sourceOffset === null ? `#${sequenceNumber}` : `@${sourceOffset}`}`,
  ];
}

function noteOf(
  record: DifferentRecord,
  records: readonly DifferentRecord[],
  differs: string | null,
): string {
  const notes = [differs ?? '', record.issues ?? joinedNote(record, records)];
  return notes.filter((note) => note !== '').join('; ');
}

/** The joined values of an active record that another record of the id has otherwise. */
function joinedNote(record: DifferentRecord, records: readonly DifferentRecord[]): string {
  const values = joinedOf(record);
  const others = records.map(joinedOf).filter((joined) => joined.length > 0);
  return values
    .map((value, i) => {
      const isCommon = others.every((joined) => joined[i] === value);
      return isCommon ? '' : `${JOINED_COLUMNS[i]} ${joinedText(JOINED_COLUMNS[i], value)}`;
    })
    .filter((note) => note !== '')
    .join(', ');
}

const joinedOf = ({ customer, product }: DifferentRecord) =>
  customer === null || product === null ? [] : [...customer, ...product];

function joinedText(column: string, value: string | number | null): string {
  if (value === null) return '∅';
  if (column === 'registration_date') return formatDay(Number(value));
  return column === 'list_price' ? formatCents(Number(value)) : JSON.stringify(value);
}

function cellTable(differences: readonly Difference[]): string {
  const cells = differences.flatMap((difference) =>
    difference.orderId === null ? [difference.cell] : [],
  );
  if (cells.length === 0) return '';
  return textTable(
    [
      { title: 'table' },
      { title: 'cell' },
      number('batch orders'),
      number('revenue'),
      number('stream orders'),
      number('revenue'),
      number('explained orders'),
      number('revenue'),
    ],
    cells.map(cellCells),
  );
}

function cellCells({ table, text, batch, stream, explained }: DifferentCell): string[] {
  const amounts = [batch, stream, explained].flatMap((amount) =>
    amount === null ? ['–', '–'] : [withCommas(amount.orders), moneyText(amount.cents)],
  );
  return [table, text, ...amounts];
}

function verdict(
  { agree, classes, explainedCents, unexplained }: ReconcileResult,
  { allowMissing }: ReconcileTextOptions,
): string {
  const missing = classes.not_in_stream.count + classes.not_in_batch.count;
  const explained = `explained difference in revenue: ${moneyText(explainedCents)}`;
  if (agree) return `batch and stream agree; ${explained}`;
  const reasons = [
    unexplained > 0 ? `${withCommas(unexplained)} unexplained` : '',
    missing > 0 && !allowMissing
      ? `${counted(missing, 'order id is', 'order ids are')} missing on one side ` +
        '(--allow-missing accepts that)'
      : '',
  ].filter((reason) => reason !== '');
  return `batch and stream do NOT agree: ${reasons.join('; ')}; ${explained}`;
}

function periodText({ sinceMs, untilMs }: Period): string {
  const from = Number.isFinite(sinceMs) ? ` from ${timeText(sinceMs)}` : '';
  const to = Number.isFinite(untilMs) ? ` to before ${timeText(untilMs)}` : '';
  return from === '' && to === '' ? '' : `only orders with an event time${from}${to}\n`;
}

function streamBeganText({ streamBegan }: ReconcileResult): string {
  if (streamBegan === null) return '';
  const { batchOldestMs, streamOldestMs, firstWindowMs } = streamBegan;
  return (
    `the oldest order of the stream is of ${timeText(streamOldestMs)}, that of batch of ` +
    `${timeText(batchOldestMs)}; to compare the period that both cover: ` +
    `--since ${timeText(firstWindowMs)} (reconcile.since of the config)\n`
  );
}

const number = (title: string): TextColumn => ({ title, isNumber: true });

const moneyText = (cents: bigint) => withCommas(formatCents(cents));

const timeText = (timeMs: number) => new Date(timeMs).toISOString();

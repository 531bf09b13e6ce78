import { resolve } from 'node:path';
import { OUTCOMES } from '../lambdas/shared/model/outcome.ts';
import type { ManifestView } from './manifest-view.ts';
import { rowsText } from './rows-text.ts';
import type { Row } from './table-rows.ts';
import { secondsText, textTable, withCommas } from './text-table.ts';

/** Why the two doors differ, as `reconcile` found it. */
export interface DemoAgreement {
  readonly agree: boolean;
  readonly classes: readonly {
    readonly name: string;
    readonly meaning: string;
    readonly count: number;
    /** Batch revenue − stream revenue, as decimal text. */
    readonly revenue: string;
  }[];
  readonly report: string;
}

export interface DemoStory {
  readonly dir: string;
  readonly orders: number;
  readonly rows: number;
  readonly shards: number;
  readonly durationMs: number;
  readonly batch: ManifestView;
  readonly stream: ManifestView;
  /** Batch revenue − stream revenue, as decimal text. */
  readonly difference: string;
  readonly agreement: DemoAgreement | null;
  readonly topProducts: readonly Row[];
}

const TOP_COLUMNS = ['rank', 'product_id', 'product_name', 'total_orders', 'total_revenue'];

const MEANINGS: Readonly<Record<(typeof OUTCOMES)[number] | 'read', string>> = {
  read: 'every record that came in ends as exactly one of these',
  active: 'counted: this is the revenue',
  cancelled: 'a valid order that was cancelled',
  quarantined: 'broke a rule; kept with its reasons',
  duplicate: 'an order that was counted before',
  late: 'came after its window had been closed; only a stream closes windows',
};

/** One screen for somebody who has never seen it. */
export function demoScreen(story: DemoStory): string {
  const { orders, rows, shards, durationMs } = story;
  return [
    `${withCommas(orders)} orders of January 2026 with known defects: ${withCommas(rows)} rows, ` +
      `in the order in which they arrive.\nOnce as a CSV file through the batch door, once as ` +
      `events in ${shards} shards through the stream door: ${secondsText(durationMs)}.\n`,
    outcomeTable(story),
    agreementText(story),
    `best products, by the stream\n${rowsText('stream', 'top_products', story.topProducts, TOP_COLUMNS)}`,
    whereText(story),
  ].join('\n');
}

function outcomeTable({ batch, stream, difference }: DemoStory): string {
  const counts = (['read', ...OUTCOMES] as const).map((name) => [
    name,
    withCommas(batch.counts[name]),
    withCommas(stream.counts[name]),
    MEANINGS[name],
  ]);
  const revenue = ['revenue', withCommas(batch.revenue), withCommas(stream.revenue)];
  return textTable(
    [
      { title: 'outcome' },
      { title: 'batch', isNumber: true },
      { title: 'stream', isNumber: true },
      { title: 'meaning' },
    ],
    [...counts, [...revenue, `differ by ${withCommas(difference)}: see below`]],
  );
}

function agreementText({ agreement }: DemoStory): string {
  if (agreement === null) {
    return 'The stream keeps what comes after its window was closed in its table late.\n';
  }
  const rows = agreement.classes.map(({ name, meaning, count, revenue }) => [
    name,
    withCommas(count),
    withCommas(revenue),
    meaning,
  ]);
  const verdict = agreement.agree
    ? 'Do they agree? Yes: every order and every cent of the difference has its reason.'
    : 'Do they agree? NO: there are differences that nothing explains.';
  const table = textTable(
    [
      { title: 'difference' },
      { title: 'orders', isNumber: true },
      { title: 'revenue', isNumber: true },
      { title: 'meaning' },
    ],
    rows,
  );
  return rows.length === 0 ? `${verdict}\n` : `${verdict}\n${table}`;
}

function whereText({ dir, agreement }: DemoStory): string {
  const lake = `--lake ${dir}/lake`;
  const all = `--stream ${dir}/stream --landing ${dir}/landing ${lake}`;
  const places = [
    ['files', resolve(dir, 'landing')],
    ['tables', `${resolve(dir, 'lake', 'tables')}: Parquet, below batch and stream`],
    ...(agreement === null ? [] : [['report', resolve(dir, 'lake', agreement.report)]]),
  ];
  const next = [
    [`npx tandem show late --of stream ${lake}`, 'what the stream did not count'],
    [`npx tandem show quarantine ${lake}`, 'what broke which rule'],
    ...(agreement === null
      ? []
      : [[`npx tandem reconcile ${lake}`, 'each difference, with its records']]),
    [`npx tandem status --stream ${dir}/stream ${lake}`, 'runs, epochs, shards'],
    [`npx tandem stream ${all}`, 'runs on; in another terminal:'],
    [`npx tandem produce ${dir}/landing/orders/*.csv --stream ${dir}/stream --rate 500`, ''],
  ];
  const width = Math.max(...places.map(([name]) => name.length));
  return (
    `${places.map(([name, place]) => `${name.padEnd(width)}  ${place}\n`).join('')}\n` +
    `try next\n${next.map(([line, why]) => `  ${line}${why === '' ? '' : `   ${why}`}\n`).join('')}`
  );
}

import { resolve } from 'node:path';
import type { ClassName } from '../../lambdas/reconcile/model/difference.ts';
import { OUTCOMES } from '../../lambdas/shared/rules/outcome.ts';
import type { ManifestView } from '../lake/manifest-view.ts';
import type { Row } from '../lake/row.ts';
import { CLASS_MEANINGS } from './reconcile-text.ts';
import { counted, secondsText, textTable, withCommas } from './text-table.ts';
import { topProductsText } from './top-products-text.ts';

/** Why the two doors differ, as `reconcile` found it. */
export interface DemoAgreement {
  readonly agree: boolean;
  readonly classes: readonly {
    readonly name: ClassName;
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
  readonly agreement: DemoAgreement;
  readonly topProducts: readonly Row[];
}

const MEANINGS: Readonly<Record<(typeof OUTCOMES)[number] | 'read', string>> = {
  read: 'each record ends as exactly one of the following',
  active: 'valid order; its amount is in the revenue',
  cancelled: 'valid order that was cancelled; not in the revenue',
  quarantined: 'breaks a rule; kept with the reasons',
  duplicate: 'copy of an order that was already counted',
  late: 'arrived after its window was closed; batch closes none',
};

/** The result of `demo` on one screen, for first-time users. */
export function demoScreen(story: DemoStory): string {
  const { orders, rows, shards, durationMs } = story;
  return [
    `${counted(orders, 'order')} of January 2026 with known defects: ${counted(rows, 'row')}, ` +
      `in order of arrival.\nProcessed as a CSV file by batch and as ` +
      `events in ${shards} shards by the stream: ${secondsText(durationMs)}.\n`,
    outcomeTable(story),
    agreementText(story),
    `top products, by the stream\n${topProductsText(story.topProducts)}`,
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
    [...counts, [...revenue, `of active orders; difference: ${withCommas(difference)}`]],
  );
}

function agreementText({ agreement: { agree, classes } }: DemoStory): string {
  const verdict = agree
    ? 'Do they agree? Yes: every order and every cent that differs is explained.'
    : 'Do they agree? NO: there are unexplained differences.';
  if (classes.length === 0) return `${verdict}\n`;
  const rows = classes.map(({ name, count, revenue }) => [
    name,
    withCommas(count),
    withCommas(revenue),
    CLASS_MEANINGS[name],
  ]);
  const columns = [
    { title: 'reason' },
    { title: 'orders', isNumber: true },
    { title: 'revenue', isNumber: true },
    { title: 'meaning' },
  ];
  return `${verdict}\n\n${textTable(columns, rows)}`;
}

function whereText({ dir, agreement }: DemoStory): string {
  const lake = `--lake ${dir}/lake`;
  const places = [
    ['CSV files', resolve(dir, 'landing')],
    ['tables', `${resolve(dir, 'lake', 'tables')} (Parquet: batch, stream)`],
    ['differences', resolve(dir, 'lake', agreement.report)],
  ];
  const next = [
    ['late records of the stream', `show late --of stream ${lake}`],
    ['quarantined records, with reasons', `show quarantine ${lake}`],
    ['differences, with their records', `reconcile ${lake}`],
    ['runs, epochs and shards', `status --stream ${dir}/stream ${lake}`],
    ['live stream', `produce ${dir}/landing/orders/*.csv --rate 500`],
    ['  in another terminal', `stream --landing ${dir}/landing`],
  ];
  const lines = (rows: readonly (readonly string[])[], before: string) => {
    const width = Math.max(...rows.map(([name]) => name.length));
    return rows.map(([name, text]) => `${name.padEnd(width)}  ${before}${text}\n`).join('');
  };
  return `${lines(places, '')}\n${lines(next, 'npx tandem ')}`;
}

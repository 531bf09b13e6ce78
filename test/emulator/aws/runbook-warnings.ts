import type { WarningCode } from '../../../lambdas/shared/model/warning.ts';
import { ordersCsv } from '../../support/batch-runs.ts';
import { orderLine } from '../../support/small-landing.ts';
import type { Files } from './runbook-world.ts';

export const PRODUCTS = 'product_id,product_name,category,brand,list_price\n';
const CUSTOMERS =
  'customer_id,customer_name,customer_email,customer_segment,registration_date\n' +
  'c1,Ada,ada@example.org,gold,2020-01-01\n';

/** With a quantity of 0. */
export const badLine = (id: string) => `${id},c1,p1,2026-01-05T00:00:00,0,1.50,done`;

/** A value of each; the mended file has another key only where the runbook says so. */
export const WARNED: readonly {
  readonly chapter: string;
  readonly code: WarningCode;
  readonly bad: Files;
  readonly mended: Files;
}[] = [
  {
    chapter: 'FilesRejected',
    code: 'files_rejected',
    bad: { 'orders/rejected.csv': 'no,header\n1,2\n' },
    mended: { 'orders/rejected.csv': ordersCsv([orderLine('rejected')]) },
  },
  {
    chapter: 'StrayQuotes',
    code: 'stray_quote',
    bad: { 'orders/stray.csv': ordersCsv([orderLine('"stray')]) },
    mended: { 'orders/stray.csv': ordersCsv([orderLine('stray')]) },
  },
  {
    chapter: 'DuplicatesDiffer',
    code: 'duplicates_differ',
    bad: { 'orders/lines.csv': ordersCsv([orderLine('l1'), badLine('l1').replace(',0,', ',9,')]) },
    mended: { 'orders/lines.csv': ordersCsv([orderLine('l1-1'), orderLine('l1-2')]) },
  },
  {
    chapter: 'LastLinesCut',
    code: 'last_line_cut',
    bad: { 'orders/cut.csv': `${ordersCsv([orderLine('cut1')])}cut2,c1,p1,2026-01` },
    mended: { 'orders/cut.csv': ordersCsv([orderLine('cut1'), orderLine('cut2')]) },
  },
  {
    chapter: 'JoinMisses',
    code: 'join_misses',
    bad: { 'customers/c.csv': CUSTOMERS.replace('\nc1,', '\nC-1,') },
    mended: { 'customers/c.csv': CUSTOMERS },
  },
  {
    chapter: 'DimensionIssues',
    code: 'dimension_issues',
    bad: { 'products/p.csv': `${PRODUCTS}p1,Tea,Drink,Alder,much\n` },
    mended: { 'products/p.csv': `${PRODUCTS}p1,Tea,Drink,Alder,1\n` },
  },
  {
    chapter: 'FutureEvents',
    code: 'future_events',
    bad: { 'orders/future.csv': ordersCsv([orderLine('f').replace('2026', '2096')]) },
    mended: { 'orders/future.csv': ordersCsv([orderLine('f')]) },
  },
];

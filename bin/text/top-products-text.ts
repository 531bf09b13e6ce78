import { tableOf } from '../../lambdas/shared/model/tables.ts';
import type { Row } from '../lake/row.ts';
import { layOut } from './row-table.ts';
import { cutTo } from './text-width.ts';

const MAX_VALUE_WIDTH = 60;

const TOP_PRODUCTS_SHOWN = 5;
const TOP_COLUMNS = ['rank', 'product_id', 'product_name', 'total_orders', 'total_revenue'];

/**
 * The first rows of the stream's `top_products` as a table for people: numbers to the right, null
 * as ∅, long text cut.
 */
export function topProductsText(topProducts: readonly Row[]): string {
  const rows = topProducts.slice(0, TOP_PRODUCTS_SHOWN);
  const { columns } = tableOf('stream', 'top_products');
  const shown = columns.filter(({ name }) => TOP_COLUMNS.includes(name));
  const short = rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        typeof value === 'string' ? cutTo(value, MAX_VALUE_WIDTH) : value,
      ]),
    ),
  );
  const { head, line } = layOut(shown, short, null);
  return head + short.map(line).join('');
}

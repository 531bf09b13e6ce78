import { expect, it } from 'vitest';
import { layOut } from '../../../../bin/text/row-table.ts';
import type { Column } from '../../../../lambdas/shared/model/column.ts';
import { tableOf } from '../../../../lambdas/shared/model/tables.ts';

const columns = tableOf('batch', 'product_revenue').columns;
const row = (id: string, orders = '1', revenue = '1.00') => ({
  product_id: id,
  total_orders: orders,
  total_revenue: revenue,
});
const linesOf = (sample: string[], later: string[], terminalWidth: number | null) => {
  const table = layOut(
    columns,
    sample.map((id) => row(id)),
    terminalWidth,
  );
  return [table.head, ...[...sample, ...later].map((id) => table.line(row(id)))].join('');
};

it('cuts nothing where there is no terminal; a wider value moves the rest of its line', () => {
  const long = 'x'.repeat(70);
  expect(linesOf(['p1'], [long], null)).toBe(
    [
      'product_id  total_orders  total_revenue',
      '──────────  ────────────  ─────────────',
      'p1                     1           1.00',
      `${long}             1           1.00`,
      '',
    ].join('\n'),
  );
});

it('makes no column wider than 60 for the sake of one value', () => {
  const lines = linesOf(['x'.repeat(70), 'p1'], [], null).split('\n');
  expect(lines[3]).toBe(`p1${' '.repeat(58)}             1           1.00`);
});

it('cuts text to its column on a terminal, also of later rows', () => {
  const text = linesOf(['a product of long name'], ['p1', 'another one of that'], 40);
  expect(text).toMatchInlineSnapshot(`
    "product_id    total_orders  total_reven…
    ──────────    ────────────  ────────────
    a product o…             1          1.00
    p1                       1          1.00
    another one…             1          1.00
    "
  `);
});

it('shows a later number whole, and ends a line that grows too long by an ellipsis', () => {
  const table = layOut(columns, [row('p1')], 42);
  expect(table.line(row('p1', '9999999999999999'))).toBe(
    'p1          9999999999999999           1.…\n',
  );
});

it('leaves out from the right what does not fit', () => {
  const table = layOut(columns, [row('p1')], 25);
  expect([table.shownColumns, table.line(row('p1'))]).toEqual([2, 'p1                     1\n']);
});

it('shows values as they are, null as ∅, and characters that act as escapes', () => {
  const two: readonly Column[] = columns.slice(0, 2);
  const { line } = layOut(two, [], null);
  expect(line({ product_id: null, total_orders: '1' })).toContain('∅ ');
  expect(line({ product_id: '\u202e', total_orders: '1' })).toContain('\\u202e');
});

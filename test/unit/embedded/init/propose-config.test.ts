import { expect, it } from 'vitest';
import type { InitPresets } from '../../../../lib/embedded/init/match-preset.ts';
import { lookAtFiles, proposeConfig } from '../../../../lib/embedded/init/propose-config.ts';
import { MemoryObjectStore } from '../../../support/memory/memory-object-store.ts';

const OPTIONS = { signal: new AbortController().signal, onBytes: () => undefined };

/** What is proposed for files of that content, by their name. */
async function proposed(
  contents: Readonly<Record<string, string | Uint8Array>>,
  presets: InitPresets = {},
) {
  const store = new MemoryObjectStore();
  const files = [];
  for (const [key, content] of Object.entries(contents)) {
    await store.put(key, new Uint8Array(Buffer.from(content as string)));
    files.push({ name: key, store, key, landingKey: key });
  }
  const looked = await lookAtFiles(files, OPTIONS);
  return proposeConfig(looked, { dateOrder: null, timeZone: null }, presets);
}

const HEADER = 'Order,Customer,SKU,Date,Qty,Total,State\n';

it('takes a total for the amount of the line', async () => {
  const { block } = await proposed({ 'orders/a.csv': `${HEADER}1,c,p,2026-01-15,2,20.00,paid\n` });
  expect(block).toContain('price: {from: Total, per: line}');
});

it('expects the currency that most records have', async () => {
  const rows = ['USD', 'EUR', 'EUR'].map((currency, at) => `${at},p,2026-01-15,1.00,${currency}\n`);
  const { block, groups } = await proposed({
    'orders/a.csv': `Order,SKU,Date,Price,Currency\n${rows.join('')}`,
  });

  expect(block).toContain('currency: {from: Currency, expect: EUR} # check: another currency');
  expect(groups[0].lost).toBe(1);
});

it('fills down what only the first line of an order has', async () => {
  const rows = '1,c,p,2026-01-15,2,20.00,paid\n1,,q,,1,5.00,\n2,c,p,2026-01-15,2,20.00,paid\n';
  const { block, groups } = await proposed({ 'orders/a.csv': HEADER + rows });

  expect(block).toContain('fillDown: {by: Order, fields: [Customer, Date, State]}');
  expect(block).toContain('order_id: {from: [Order, SKU], join: "-"}');
  expect(groups[0].lost).toBe(0);
});

it('lists values that mean nothing', async () => {
  const rows = '1,n/a,p,2026-01-15,2,20.00,paid\n2,c,p,2026-01-15,2,20.00,paid\n';
  const { block } = await proposed({ 'orders/a.csv': HEADER + rows });
  expect(block).toContain('missingValues: ["", "null", "NULL", NaN, None, "\\\\N", n/a]');
});

it('finds another encoding behind the first MiB', async () => {
  const row = (name: string) => `1,c,${name},2026-01-15,2,20.00,paid\n`;
  const text = HEADER + row('p'.repeat(100)).repeat(10_000) + row('Stück');
  const { block } = await proposed({ 'orders/a.csv': Buffer.from(text, 'latin1') });
  expect(block).toContain('encoding: windows-1252 # check');
});

it('has one entry for files of one form, and folders where they tell forms apart', async () => {
  const row = '1,c,p,2026-01-15,2,20.00,paid\n';
  const other = 'Nr;SKU;Date;Price\n1;p;2026-01-15;1,50\n';
  const { groups } = await proposed({
    'orders/shop/a.csv': HEADER + row,
    'orders/shop/b.csv': HEADER + row,
    'orders/erp/c.csv': other,
  });
  expect(groups.map(({ match, files }) => [match, files.length])).toEqual([
    ['orders/shop/**', 2],
    ['orders/erp/**', 1],
  ]);
});

it('names a preset that fits, and adds only what it lacks', async () => {
  const shop = {
    fields: {
      order_id: { from: ['Order', 'SKU'] },
      customer_id: { from: 'Customer' },
      order_timestamp: { from: 'Date' },
      status: { from: 'State', values: { paid: 'completed' } },
    },
  };
  const rows = '1,c,p,2026-01-15,2,20.00,paid\n2,c,p,2026-01-15,2,20.00,voided\n';
  const { block } = await proposed({ 'orders/a.csv': HEADER + rows }, { shop });

  expect(block.split('\n').slice(3)).toEqual([
    '  - match: orders/**',
    '    preset: shop',
    '    fields:',
    '      status:',
    '        from: State',
    '        values:',
    '          paid: completed',
    '          voided: cancelled # 1 record',
    '',
  ]);
});

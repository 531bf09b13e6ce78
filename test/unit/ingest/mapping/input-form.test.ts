import { describe, expect, it } from 'vitest';
import { InputForms } from '../../../../lambdas/shared/ingest/mapping/input-form.ts';
import { configOf, outcomeOf, storeOf } from '../../../support/batch-runs.ts';
import { runCut } from '../../../support/staged-runs.ts';

const formsOf = (...input: object[]) => new InputForms(configOf({ input }));

describe('the form of a file', () => {
  it('is that of the first entry that matches, else the own one', () => {
    const forms = formsOf(
      { match: 'orders/shop/*', fields: { order_id: { from: 'Nr' } } },
      { match: 'orders/**', fields: { order_id: { from: 'Id' } } },
      { match: 'events', fields: { order_id: { from: '/id' } } },
    );
    const idOf = (key: string) => forms.of(key).wanted.fields[0];

    expect(['orders/shop/a', 'orders/shop/b/c', 'other/x'].map(idOf)).toEqual([
      ...['Nr', 'Id', 'order_id'],
    ]);
    expect(forms.events.rules.eventPaths?.[0]).toEqual(['id']);
  });

  it('is read from its first byte on where it is decoded or filled down', () => {
    const isWhole = (mapping: object) =>
      formsOf({ match: 'orders/*', ...mapping }).of('orders/a').isWhole;

    expect(isWhole({ encoding: 'windows-1252' })).toBe(true);
    expect(isWhole({ fillDown: { by: 'Nr', fields: ['State'] } })).toBe(true);
    expect(isWhole({ fields: { status: { from: 'State' } } })).toBe(false);
  });

  it('changes no values where columns have other names only', () => {
    const forms = formsOf({ match: 'orders/*', fields: { order_id: { from: 'Nr' } } });

    expect(forms.of('orders/a').rules.mappedValues()).toBeNull();
  });
});

it('fills down NDJSON, which is not cut', async () => {
  const order = { order_timestamp: '2026-01-05T10:00', quantity: 1, price: 1, status: 'done' };
  const lines = [1, 2, 3, 4].map((n) =>
    JSON.stringify({ ...order, order_id: `o${n}`, product_id: 'p', nr: 7, at: n === 1 ? 'c' : '' }),
  );
  const landing = await storeOf([['orders/a.json', `${lines.join('\n')}\n`]]);
  const fillDown = { by: 'nr', fields: ['at'] };
  const input = [{ match: 'orders/*', fields: { customer_id: { from: 'at' } }, fillDown }];

  const outcome = await outcomeOf(() => runCut(landing, { chunkBytes: 50, config: { input } }));

  if (outcome.failure !== null) throw new Error(outcome.message);
  expect(outcome.tables.orders.map((row) => row.customer_id)).toEqual(['c', 'c', 'c', 'c']);
});

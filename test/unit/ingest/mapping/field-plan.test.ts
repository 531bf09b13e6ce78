import { describe, expect, it } from 'vitest';
import { planFields } from '../../../../lambdas/shared/ingest/mapping/field-plan.ts';
import { parseConfig } from '../../../../lambdas/shared/model/config.ts';

const planOf = (mapping: object) =>
  planFields(parseConfig({ input: [{ match: 'orders/**', ...mapping }] }).input[0]);

describe('the columns of a mapping', () => {
  it('are those of the own names without one', () => {
    const { names, sources, copies, fillDown } = planOf({});

    expect(names).toEqual([
      ...['order_id', 'customer_id', 'product_id', 'order_timestamp', 'quantity', 'price'],
      'status',
    ]);
    expect(sources).toEqual([[0], [1], [2], [3], [4], [5], [6]]);
    expect([copies, fillDown]).toEqual([[], null]);
  });

  it('are taken by a field directly, or stand in a further slot', () => {
    const { names, sources } = planOf({
      fields: {
        order_id: { from: 'Order' },
        order_timestamp: { from: ['Date', 'Time'] },
        status: { default: 'completed' },
      },
    });

    expect(names.slice(0, 4)).toEqual(['Order', 'customer_id', 'product_id', 'Date']);
    expect(names.slice(6)).toEqual([null, 'Time']);
    expect([sources[0], sources[3], sources[6]]).toEqual([[0], [3, 7], []]);
  });

  it('are copied where two fields read one, before either is written', () => {
    const { names, sources, copies } = planOf({
      fields: { order_id: { from: ['Order', 'SKU'], join: '-' }, product_id: { from: 'SKU' } },
    });

    expect(names[2]).toBe('SKU');
    expect(copies).toEqual([{ from: 2, to: 7 }]);
    expect(sources[0]).toEqual([0, 7]);
    expect(sources[2]).toEqual([2]);
  });

  it('have room wherever the config allows them, copies of each field included', () => {
    const further = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];
    const names = ['order_id', 'customer_id', 'product_id', 'order_timestamp', 'quantity', 'price'];
    const fields = Object.fromEntries(
      [...names, 'status'].map((name) => [name, { from: [name, ...names, 'status', ...further] }]),
    );
    const currency = { from: 'Currency', expect: 'EUR' };

    expect(() => planOf({ fields: { ...fields, currency } })).not.toThrow();
    fields.price.from.push('I');
    expect(() => planOf({ fields })).toThrow('up to 8 columns');
  });

  it('are those that are filled down, too', () => {
    const { names, fillDown } = planOf({
      fields: { order_id: { from: 'Name' }, status: { from: 'State' } },
      fillDown: { by: 'Name', fields: ['State', 'Currency'] },
    });

    expect(names[7]).toBe('Currency');
    expect(fillDown).toEqual({ by: 0, slots: [6, 7] });
  });
});

import { expect, it } from 'vitest';
import { columnPlaces } from '../../../lambdas/shared/model/column-places.ts';
import { parseConfig } from '../../../lambdas/shared/model/config.ts';
import { ORDER_FIELDS } from '../../../lambdas/shared/model/order.ts';

function placesOf(mapping: object) {
  const [{ fields, fillDown }] = parseConfig({ input: [{ match: 'orders/**', ...mapping }] }).input;
  return columnPlaces(ORDER_FIELDS, fields, fillDown);
}

it('gives each field the column of its own name', () => {
  expect(placesOf({})).toEqual({ direct: [...ORDER_FIELDS], further: [] });
});

it('gives a constant no place', () => {
  const { direct } = placesOf({ fields: { status: { default: 'done' }, price: { from: 'Net' } } });
  expect(direct.slice(5)).toEqual(['Net', null]);
});

it('gives every other column one place, however often it is read', () => {
  const fields = {
    order_id: { from: ['Order', 'Line'], join: '-' },
    customer_id: { from: 'Order' },
    product_id: { from: ['SKU', 'Line'] },
    order_timestamp: { from: ['Date', 'Time'] },
  };
  const fillDown = { by: 'Order', fields: ['Date', 'State'] };
  expect(placesOf({ fields, fillDown })).toEqual({
    direct: ['Order', null, 'SKU', 'Date', 'quantity', 'price', 'status'],
    further: ['Line', 'Time', 'State'],
  });
});

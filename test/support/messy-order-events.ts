import fc from 'fast-check';
import { messyEvent } from './messy-events.ts';
import {
  customerId,
  mix,
  orderId,
  orderTimestamp,
  price,
  productId,
  quantity,
  status,
} from './messy-values.ts';

/** Events most of which are orders with values at every edge of the rules; the rest is messy. */

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** A value as a producer may write it: text, a number where it is one, null, or left out. */
function memberText(name: string, value: string, form: number): string[] {
  if (form === 0 && value === '') return [];
  if (form === 1 && value === '') return [`"${name}":null`];
  if (form <= 2 && JSON_NUMBER.test(value)) return [`"${name}":${value}`];
  return [`"${name}":${JSON.stringify(value)}`];
}

export const orderEvent: fc.Arbitrary<Uint8Array> = fc
  .record({
    values: fc.record({
      order_id: orderId,
      customer_id: customerId,
      product_id: productId,
      order_timestamp: orderTimestamp,
      quantity,
      price,
      status,
    }),
    form: fc.nat(5),
    unknown: fc.constantFrom('', '', '"note":{"a":[1,"x"]},', '"Price":true,'),
  })
  .map(({ values, form, unknown }) => {
    const members = Object.entries(values).flatMap(([name, value]) =>
      memberText(name, value, form),
    );
    return Buffer.from(`{${unknown}${members.join(',')}}`.replace(',}', '}'));
  });

export const anyEvent: fc.Arbitrary<Uint8Array> = mix([9, orderEvent], [1, messyEvent]);

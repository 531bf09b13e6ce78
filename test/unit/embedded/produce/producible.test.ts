import { describe, expect, it } from 'vitest';
import { InputForms } from '../../../../lambdas/shared/ingest/mapping/input-form.ts';
import { assertProducible } from '../../../../lib/embedded/produce/producible.ts';
import { configOf } from '../../../support/batch-runs.ts';

function check(file: object, events: object | null = null) {
  const input = [{ match: 'orders/*', ...file }, ...(events === null ? [] : [events])];
  const forms = new InputForms(configOf({ input }));
  assertProducible('a.csv', forms.of('orders/a.csv'), forms.events);
}

const events = (entry: object) => ({ match: 'events', ...entry });

describe('a file whose events would be read in another way', () => {
  it.each([
    ['of lines', { fields: { price: { per: 'line' } } }, {}, 'per: line'],
    ['of pieces', {}, { fields: { price: { per: 'line' } } }, 'per: piece'],
    ['in a currency', { fields: { currency: { expect: 'EUR' } } }, {}, 'expect: EUR'],
    ['in none', {}, { fields: { currency: { expect: 'EUR' } } }, 'no currency'],
    ['with another key', {}, { fields: { order_id: { from: '/id' } } }, 'from the key order_id'],
    [
      'with local times',
      {},
      { fields: { order_timestamp: { timeZone: 'Asia/Tokyo' } } },
      'timeZone',
    ],
    ['with a comma', {}, { fields: { price: { decimalChar: ',' } } }, 'without decimalChar'],
    ['with spellings', {}, { fields: { status: { values: { paid: 'pending' } } } }, 'values'],
    [
      'with a default',
      {},
      { fields: { status: { from: 'status', default: 'pending' } } },
      'without default',
    ],
    ['that may be NULL', { missingValues: ['-'] }, {}, 'missingValues: ["-"]'],
    ['that may be a dash', {}, { missingValues: ['-'] }, 'missingValues: ["","null"'],
  ])('fails: one %s', (_, file, entry, wanted) => {
    expect(() => check(file, events(entry))).toThrow(wanted);
  });
});

it('is producible where events say the same, or need not', () => {
  const fields = {
    price: { per: 'line', from: 'Total', decimalChar: ',' },
    status: { from: 'State', default: 'done', values: { paid: 'completed' } },
    currency: { from: 'Code', expect: 'eur' },
  };
  const same = {
    price: { per: 'line' },
    status: { from: 'status', default: 'done' },
    currency: { expect: 'EUR' },
  };

  expect(() => check({})).not.toThrow();
  expect(() => check({ fields }, events({ fields: same }))).not.toThrow();
  expect(() =>
    check({ missingValues: ['-', 'x'] }, events({ missingValues: ['x'] })),
  ).not.toThrow();
});

import { describe, expect, it } from 'vitest';
import { matchColumns } from '../../../lambdas/shared/ingest/header-columns.ts';

const WANTED = { fields: ['order_id', 'price', 'note'], required: ['order_id', 'price'] };
const match = (...names: string[]) => matchColumns(names, WANTED);

describe('matchColumns', () => {
  it.each([
    ['Order_ID', 'PRICE'],
    ['order id', 'Price'],
    ['Order-Id', 'pRICE'],
  ])('takes %j for order_id', (first, second) => {
    expect(match(first, second)).toEqual({ kind: 'matched', fields: [0, 1] });
  });

  it('prefers an exact name to any number of others', () => {
    expect(match('Order ID', 'order_id', 'ORDER_ID', 'price')).toEqual({
      kind: 'matched',
      fields: [-1, 0, -1, 1],
    });
  });

  it('names both spellings where two fit and none is exact', () => {
    expect(match('Order ID', 'price', 'ORDER-ID')).toEqual({
      kind: 'repeated',
      repeated: ['order_id ("Order ID" and "ORDER-ID")'],
    });
  });

  it('asks for required columns only, and finds the others', () => {
    expect(match('Note', 'price')).toEqual({ kind: 'missing', missing: ['order_id'] });
    expect(match('price', 'order_id', 'Note')).toEqual({ kind: 'matched', fields: [1, 0, 2] });
  });

  it('compares what is wanted in the same plain form, and passes over slots without a name', () => {
    const wanted = { fields: [null, 'Financial Status', 'Date'], required: ['Date'] };
    const fieldsOf = (...names: string[]) => matchColumns(names, wanted);

    expect(fieldsOf('date', 'financial-status')).toEqual({ kind: 'matched', fields: [2, 1] });
    expect(fieldsOf('date', 'Date', '')).toEqual({ kind: 'matched', fields: [-1, 2, -1] });
    expect(fieldsOf('Financial Status')).toEqual({ kind: 'missing', missing: ['Date'] });
  });

  it('does not give one column to two fields', () => {
    expect(matchColumns(['Date'], { fields: ['Date', 'date'], required: [] })).toEqual({
      kind: 'repeated',
      repeated: ['Date and date ("Date")'],
    });
  });

  it('changes letters of ASCII alone', () => {
    // The sign for kelvin becomes a k in lower case.
    const wanted = { fields: ['k'], required: ['k'] };

    expect(matchColumns(['\u212a'], wanted)).toEqual({ kind: 'missing', missing: ['k'] });
    expect(matchColumns(['K'], wanted)).toEqual({ kind: 'matched', fields: [0] });
  });
});

import { describe, expect, it } from 'vitest';
import type { BytesValues, ColumnData } from '../../../lambdas/shared/bytes/column-data.ts';
import { issueBit } from '../../../lambdas/shared/model/issue.ts';
import { QuarantineRows } from '../../../lambdas/shared/rows/quarantine-rows.ts';
import { placed } from '../../support/bytes-of.ts';

const TOO_LONG = issueBit('record_too_long');
const NO_STATUS = issueBit('status_missing');

/** A record with the values of its first fields; the others are null. */
function add(rows: QuarantineRows, text: string, values: readonly (string | null)[]): void {
  const record = placed(text);
  rows.addWithValues(record.view, record.start, record.end, NO_STATUS);
  for (let field = 0; field < 7; field++) {
    const value = values[field] ?? null;
    if (value === null) {
      rows.setNull(field);
      continue;
    }
    const { view, start, end } = placed(value);
    rows.setField(field, view, start, end);
  }
}

/** The texts of a column, null where the row is null. */
function textsOf(column: ColumnData, rowCount: number): (string | null)[] {
  const { heap, offsets } = column.values as BytesValues;
  return Array.from({ length: rowCount }, (_, row) => {
    const isNull = column.kind === 'plain' && column.validity?.[row] === 0;
    const key = column.kind === 'keyed' ? column.keys[row] : row;
    const bytes = heap.subarray(offsets[key], offsets[key + 1]);
    return isNull ? null : Buffer.from(bytes).toString();
  });
}

/** Columns from issues to status. */
function taken(rows: QuarantineRows): (string | null)[][] {
  const { rowCount } = rows;
  return rows.take().map((column) => textsOf(column, rowCount));
}

describe('rows of quarantine', () => {
  it('have issues, the record, and its seven values or null', () => {
    const rows = new QuarantineRows();
    add(rows, 'o1,c1', ['o1', null, 'p1', '', '5', '1.00']);
    rows.addWithoutValues(Buffer.from([0x61, 0xff]), TOO_LONG);
    add(rows, 'é', ['é', 'c2']);

    expect(rows.rowCount).toBe(3);
    expect(taken(rows)).toEqual([
      ['status_missing', 'record_too_long', 'status_missing'],
      ['o1,c1', 'a\ufffd', 'é'],
      ['o1', null, 'é'],
      [null, null, 'c2'],
      ['p1', null, null],
      ['', null, null],
      ['5', null, null],
      ['1.00', null, null],
      [null, null, null],
    ]);
  });

  it('say in which columns no row is null', () => {
    const rows = new QuarantineRows();
    add(rows, 'r', ['o1', null]);

    const [, raw, orderId, customerId] = rows.take();

    expect([raw, orderId]).toMatchObject([{ validity: null }, { validity: null }]);
    expect(customerId).toMatchObject({ kind: 'plain', validity: expect.any(Uint8Array) });
  });

  it('begin anew once they are taken', () => {
    const rows = new QuarantineRows();
    add(rows, 'before', ['o1', null]);
    add(rows, 'before', ['o2', 'c2']);
    rows.take();
    expect(rows.rowCount).toBe(0);
    add(rows, 'after', ['o3', 'c3']);

    const columns = rows.take();

    expect(columns.slice(1, 5).map((column) => textsOf(column, 1))).toEqual([
      ...[['after'], ['o3'], ['c3'], [null]],
    ]);
    expect(columns[3]).toMatchObject({ validity: null });
    expect((columns[1].values as BytesValues).offsets[1]).toBe(5);
  });

  it('are null where the rows before them were not', () => {
    const rows = new QuarantineRows();
    for (let row = 0; row < 3; row++) add(rows, 'before', ['o', 'c', 'p', 't', 'q', 'p', 's']);
    rows.take();
    add(rows, 'after', ['o1', null]);
    add(rows, 'after', [null, 'c1']);
    rows.addWithoutValues(Buffer.from('after'), TOO_LONG);

    const [, , orderId, customerId, ...others] = taken(rows);

    expect(orderId).toEqual(['o1', null, null]);
    expect(customerId).toEqual([null, 'c1', null]);
    expect(others).toEqual(Array.from({ length: 5 }, () => [null, null, null]));
  });

  it('keep 64 KiB of a long record, and all of a long value', () => {
    const rows = new QuarantineRows();
    const long = 'é'.repeat(50_000);
    add(rows, long, ['a', long]);
    add(rows, 'short', ['b', 'c']);

    const [, raw, orderId, customerId] = taken(rows);

    expect(raw).toEqual(['é'.repeat(32_768), 'short']);
    expect(orderId).toEqual(['a', 'b']);
    expect(customerId).toEqual([long, 'c']);
  });

  it('are full with 65,536 of them', () => {
    const rows = new QuarantineRows();
    const record = new Uint8Array(0);
    for (let row = 0; row < 65_535; row++) rows.addWithoutValues(record, TOO_LONG);
    expect(rows.isFull).toBe(false);
    add(rows, 'last', ['o1']);

    expect(rows.isFull).toBe(true);
    const [, raw, orderId] = taken(rows);
    expect([raw.at(-1), orderId.at(-1), orderId.at(-2)]).toEqual(['last', 'o1', null]);
    expect(rows.isFull).toBe(false);
  });

  it('are full with 8 MiB of records', () => {
    const rows = new QuarantineRows();
    const record = new Uint8Array(65_536);
    for (let row = 0; row < 127; row++) rows.addWithoutValues(record, TOO_LONG);
    rows.addWithoutValues(record.subarray(1), TOO_LONG);
    expect(rows.isFull).toBe(false);
    rows.addWithoutValues(record.subarray(0, 1), TOO_LONG);

    expect(rows.isFull).toBe(true);
    rows.take();
    expect(rows.isFull).toBe(false);
  });
});

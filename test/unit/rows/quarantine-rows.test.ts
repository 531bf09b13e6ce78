import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type CsvLayout, csvLayout } from '../../../lambdas/shared/ingest/csv-layout.ts';
import { KernelArena } from '../../../lambdas/shared/kernels/kernel-arena.ts';
import { KernelMemory } from '../../../lambdas/shared/kernels/kernel-memory.ts';
import { DEFAULT_DIALECT } from '../../../lambdas/shared/model/config-dialect.ts';
import { issueBit } from '../../../lambdas/shared/model/issue.ts';
import { MAX_RECORD_BYTES, ORDER_FIELDS } from '../../../lambdas/shared/model/order.ts';
import {
  type QuarantinedRecords,
  QuarantineRows,
} from '../../../lambdas/shared/rows/quarantine-rows.ts';
import { createRowsKernel } from '../../../lambdas/shared/rows/rows-kernel.ts';
import { type ColumnValue, valuesByName } from '../../support/column-values.ts';
import { runs } from '../../support/runs.ts';
import { seed } from '../../support/seed.ts';

const formOf = (layout: CsvLayout) => ({ layout, dialect: DEFAULT_DIALECT });

const TOO_LONG = issueBit('record_too_long');
const NO_STATUS = issueBit('status_missing');
const USUAL = csvLayout([0, 1, 2, 3, 4, 5, 6]);

const memory = KernelMemory.create();
const arena = new KernelArena(memory);
const rows = new QuarantineRows(memory, createRowsKernel(memory));

type Draft = readonly [record: string | Uint8Array, issues: number];
type Group = Record<string, ColumnValue[]>;

/** Records one behind the other, with other bytes behind them. */
function recordsOf(drafts: readonly Draft[]): QuarantinedRecords {
  const all = Buffer.concat(drafts.map(([record]) => Buffer.from(record)));
  const rawAt = arena.take(all.length + 16);
  memory
    .bytes(rawAt, all.length + 16)
    .fill(0x22)
    .set(all);
  const words = (values: readonly number[]) =>
    memory.uint32s(arena.place(Uint32Array.from(values)), values.length);
  let end = 0;
  const ends = drafts.map(([record]) => {
    end += Buffer.from(record).length;
    return end;
  });
  return {
    rawEnd: words(ends),
    raw: memory.bytes(rawAt, all.length),
    quarantinedIssues: words(drafts.map(([, issues]) => issues)),
  };
}

/** The columns so far, which end here. */
function taken(): Group {
  const { rowCount } = rows;
  return valuesByName(rows.take(), rowCount);
}

/** Adds records as a file of `layout` has them, and gives all row groups. */
function csvGroups(drafts: readonly Draft[], layout: CsvLayout = USUAL): Group[] {
  const records = recordsOf(drafts);
  const groups: Group[] = [];
  for (let next = 0; next < drafts.length; ) {
    next += rows.addCsv(records, next, formOf(layout));
    if (rows.isFull) groups.push(taken());
  }
  return rows.rowCount > 0 ? [...groups, taken()] : groups;
}

function eventGroups(drafts: readonly Draft[]): Group[] {
  const records = recordsOf(drafts);
  const groups: Group[] = [];
  for (let index = 0; index < drafts.length; index++) {
    rows.addEventOf(records, index);
    if (rows.isFull) groups.push(taken());
  }
  return rows.rowCount > 0 ? [...groups, taken()] : groups;
}

/** By row: order_id to status. */
const fieldsOf = (group: Group) =>
  group.raw.map((_, row) => ORDER_FIELDS.map((name) => group[name][row]));

const NO_VALUES = new Array(7).fill(null);

beforeEach(() => {
  arena.reset();
  rows.take();
});

describe('quarantined CSV records', () => {
  it('have issues, the record, and its seven values, unquoted and not trimmed', () => {
    const [group] = csvGroups([
      ['o1,c1,p1,,5, 1.00 ,', NO_STATUS],
      [Buffer.from([0x61, 0xff]), TOO_LONG],
      ['"o,2","c ""2""",é,t,q,p,s"t', NO_STATUS | issueBit('quantity_not_integer')],
      ['o3,c3,p3,t3,3,3.00,', NO_STATUS],
    ]);

    expect(group.issues).toEqual([
      ...['status_missing', 'record_too_long', 'quantity_not_integer,status_missing'],
      'status_missing',
    ]);
    expect(group.raw).toEqual([
      ...['o1,c1,p1,,5, 1.00 ,', 'a\ufffd', '"o,2","c ""2""",é,t,q,p,s"t', 'o3,c3,p3,t3,3,3.00,'],
    ]);
    expect(fieldsOf(group)).toEqual([
      ['o1', 'c1', 'p1', '', '5', ' 1.00 ', ''],
      NO_VALUES,
      ['o,2', 'c "2"', 'é', 't', 'q', 'p', 's"t'],
      ['o3', 'c3', 'p3', 't3', '3', '3.00', ''],
    ]);
  });

  it('follow the layout of their file, also from file to file in one row group', () => {
    rows.addCsv(recordsOf([['o1,c1,p1,t,q,p,s', 0]]), 0, formOf(USUAL));
    const other = csvLayout([6, -1, 0, 1, 2, 3, 4, 5], 0x3b);
    rows.addCsv(recordsOf([['s;x;o2;c2;p2;t,;q;p', 0]]), 0, formOf(other));
    rows.addCsv(recordsOf([['"s,3";x;o3;c3;p3;t;q;p', 0]]), 0, formOf(other));
    rows.addCsv(recordsOf([['o4,"c4",p4,t,q,p,s', 0]]), 0, formOf(USUAL));

    expect(fieldsOf(taken())).toEqual([
      ['o1', 'c1', 'p1', 't', 'q', 'p', 's'],
      ['o2', 'c2', 'p2', 't,', 'q', 'p', 's'],
      ['o3', 'c3', 'p3', 't', 'q', 'p', 's,3'],
      ['o4', 'c4', 'p4', 't', 'q', 'p', 's'],
    ]);
  });

  it('are always as they were read, quoted or not', () => {
    const value = fc.constantFrom('', 'a', 'ab', ' c ', 'a,b', 'é"', '"', '""x', 'x'.repeat(40));
    const field = fc.record({ value, isQuoted: fc.boolean() });
    const record = fc.array(field, { minLength: 7, maxLength: 7 });
    const encoded = ({ value: text, isQuoted }: { value: string; isQuoted: boolean }) =>
      isQuoted || /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 12 }), (records) => {
        arena.reset();
        const lines = records.map((fields) => fields.map(encoded).join(','));

        const [group, ...others] = csvGroups(lines.map((line): Draft => [line, NO_STATUS]));

        expect(others).toEqual([]);
        expect(group.raw).toEqual(lines);
        expect(fieldsOf(group)).toEqual(records.map((fields) => fields.map((f) => f.value)));
      }),
      { seed, ...runs(200) },
    );
  });
});

describe('quarantined events', () => {
  it('have issues, the record, and its seven values as JSON has them', () => {
    const event = '{"order_id":"\\u00e9","quantity":1.50,"price":null,"status":"","x":1}';
    const [group] = eventGroups([
      [event, NO_STATUS],
      [Buffer.from([0x7b, 0xff]), issueBit('invalid_utf8')],
    ]);

    expect(group.issues).toEqual(['status_missing', 'invalid_utf8']);
    expect(group.raw).toEqual([event, '{\ufffd']);
    expect(fieldsOf(group)).toEqual([['é', null, null, null, '1.50', null, ''], NO_VALUES]);
  });

  it('stand beside CSV records in one row group', () => {
    rows.addCsv(recordsOf([['o1,c1,p1,t,q,p,s', 0]]), 0, formOf(USUAL));
    rows.addEvent(Buffer.from('{"order_id":"o2"}'), NO_STATUS);
    rows.addCsv(recordsOf([['o3,c3,p3,t,q,p,s', 0]]), 0, formOf(USUAL));

    const { order_id: ids, customer_id: customers } = taken();
    expect([ids, customers]).toEqual([
      ['o1', 'o2', 'o3'],
      ['c1', null, 'c3'],
    ]);
  });
});

describe('rows of quarantine', () => {
  it('say in which columns no row is null', () => {
    rows.addEvent(Buffer.from('{"order_id":"o1"}'), NO_STATUS);

    const { raw, order_id: orderId, customer_id: customerId } = rows.take();

    expect([raw, orderId]).toMatchObject([{ validity: null }, { validity: null }]);
    expect(customerId).toMatchObject({ kind: 'plain', validity: expect.any(Uint8Array) });
  });

  it('begin anew once they are taken', () => {
    eventGroups([
      ['{"order_id":"o1"}', NO_STATUS],
      ['{"order_id":"o2","customer_id":"c2"}', TOO_LONG],
    ]);
    expect(rows.rowCount).toBe(0);
    rows.addCsv(recordsOf([['o3,c3,p,t,q,p,', NO_STATUS]]), 0, formOf(USUAL));

    const columns = rows.take();

    expect(columns.customer_id).toMatchObject({ validity: null });
    expect(valuesByName(columns, 1)).toMatchObject({
      issues: ['status_missing'],
      order_id: ['o3'],
      customer_id: ['c3'],
    });
  });

  it('are null where the rows before them were not', () => {
    csvGroups(Array.from({ length: 3 }, (): Draft => ['o,c,p,t,q,p,s', 0]));

    const [group] = eventGroups([
      ['{"order_id":"o1"}', NO_STATUS],
      ['{"customer_id":"c1"}', NO_STATUS],
      ['after', TOO_LONG],
    ]);

    expect(fieldsOf(group)).toEqual([
      ['o1', ...NO_VALUES.slice(1)],
      [null, 'c1', ...NO_VALUES.slice(2)],
      NO_VALUES,
    ]);
  });

  it('keep 64 KiB of a long record, and all of a long value', () => {
    const long = 'é'.repeat(50_000);
    const [group] = csvGroups([
      [`o1,${long},p,t,q,p,s`, 0],
      ['o2,c,p,t,q,p,s', 0],
      [`o3,"${long}",p,t,q,p,s`, 0],
    ]);
    const event = `{"order_id":"o1","customer_id":"${long}"}`;
    const [ofEvent] = eventGroups([[event, 0]]);

    expect(group.raw).toEqual([
      `o1,${'é'.repeat(32_766)}`,
      'o2,c,p,t,q,p,s',
      `o3,"${'é'.repeat(32_766)}`,
    ]);
    expect(group.customer_id).toEqual([long, 'c', long]);
    expect(ofEvent.raw).toEqual([Buffer.from(event).subarray(0, 65_536).toString()]);
    expect(ofEvent.customer_id).toEqual([long]);
  });
});

describe('a row group of quarantine', () => {
  const lengthsOf = (groups: readonly Group[]) => groups.map(({ raw }) => raw.length);

  it('has 65,536 rows at most', () => {
    const line: Draft = ['o,c,p,t,q,p,s', 0];
    const quoted: Draft = ['"o",c,p,t,q,p,s', 0];
    const drafts = [...new Array<Draft>(65_535).fill(line), quoted, line];

    const groups = csvGroups(drafts);

    expect(lengthsOf(groups)).toEqual([65_536, 1]);
    expect(groups[0].raw.slice(-2)).toEqual([line[0], quoted[0]]);
    expect(groups[1].raw).toEqual([line[0]]);
  });

  it('is full with 8 MiB of records, and not a byte before', () => {
    const record = 'x'.repeat(65_536);
    for (let row = 0; row < 127; row++) rows.addEvent(Buffer.from(record), TOO_LONG);
    rows.addEvent(Buffer.from(record.slice(1)), TOO_LONG);
    expect(rows.isFull).toBe(false);
    rows.addEvent(Buffer.from('x'), TOO_LONG);

    expect(rows.isFull).toBe(true);
    expect(rows.addCsv(recordsOf([['o,c,p,t,q,p,s', 0]]), 0, formOf(USUAL))).toBe(0);
    expect(taken().raw).toHaveLength(129);
    expect(rows.isFull).toBe(false);
  });

  it.each<[string, (draft: string) => string, typeof csvGroups]>([
    ['CSV records', (long) => `o,${long},p,t,q,p,s`, csvGroups],
    ['quoted CSV records', (long) => `o,"${long}",p,t,q,p,s`, csvGroups],
    ['events', (long) => `{"order_id":"o","customer_id":"${long}"}`, eventGroups],
  ])('ends with the value that fills a column: %s', (_what, recordOf, groupsOf) => {
    const values = Array.from({ length: 60 }, (_, row) => `${row}`.padEnd(1_000_000, 'c'));

    const groups = groupsOf(values.map((value): Draft => [recordOf(value), NO_STATUS]));

    expect(lengthsOf(groups)).toEqual([9, 9, 9, 9, 9, 9, 6]);
    const found = groups.flatMap(({ customer_id: customers }) => customers);
    expect(found.map((value, row) => value === values[row])).toEqual(new Array(60).fill(true));
  });

  it('has room for a record of 1 MiB where a byte is left before it is full', () => {
    const recordOf = (valueBytes: number) => `,${'c'.repeat(valueBytes)},,,,,`;
    const largest = MAX_RECORD_BYTES - recordOf(0).length;
    const before = [...new Array(7).fill(largest), 8 * 2 ** 20 - 7 * largest - 1 - largest];
    const values = [...before, largest, largest, 1];

    const groups = csvGroups(values.map((bytes): Draft => [recordOf(bytes), NO_STATUS]));

    expect(lengthsOf(groups)).toEqual([10, 1]);
    const lengths = groups.flatMap(({ customer_id: customers }) => customers).map(String);
    expect(lengths.map(({ length }) => length)).toEqual(values);
  });
});

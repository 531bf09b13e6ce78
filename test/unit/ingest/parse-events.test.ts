import { describe, expect, it } from 'vitest';
import { OrderColumns } from '../../../lambdas/shared/ingest/order-columns.ts';
import { EventParser } from '../../../lambdas/shared/ingest/parse-events.ts';
import { ownRules } from '../../../lambdas/shared/ingest/record-rules.ts';
import { DEFAULT_CONFIG } from '../../../lambdas/shared/model/config.ts';
import { type IssueCode, issueCodes } from '../../../lambdas/shared/model/issue.ts';

const ORDER = {
  order_id: 'o1',
  customer_id: 'c1',
  product_id: 'p1',
  order_timestamp: '2026-01-15T10:30:00Z',
  quantity: 2,
  price: '9.99',
  status: 'done',
};

function eventOf(order: object): Uint8Array {
  return Buffer.from(JSON.stringify(order));
}

function parsed(events: readonly Uint8Array[], parser = newParser()): OrderColumns {
  const columns = new OrderColumns(events.length);
  parser.parse(events, 0, events.length, columns);
  return columns;
}

function newParser(): EventParser {
  return new EventParser(ownRules(DEFAULT_CONFIG.rules.statuses));
}

function idAt({ ids, idEnd }: OrderColumns, row: number): string {
  return Buffer.from(ids.bytes.slice(row === 0 ? 0 : idEnd[row - 1], idEnd[row])).toString();
}

function issuesOf({ issues, rowCount }: OrderColumns): IssueCode[][] {
  return Array.from({ length: rowCount }, (_, row) => issueCodes(issues[row]));
}

describe('EventParser', () => {
  it('gives one row per event, in order, with its index', () => {
    const events = [eventOf(ORDER), Buffer.from('{'), eventOf({ ...ORDER, order_id: ' o2 ' })];

    const columns = parsed(events);

    expect(columns.rowCount).toBe(3);
    expect([...columns.offset]).toEqual([0, 1, 2]);
    expect(issuesOf(columns)).toEqual([[], ['invalid_json'], []]);
    expect([idAt(columns, 0), idAt(columns, 2)]).toEqual(['o1', 'o2']);
    expect([columns.quantity[2], columns.priceCents[2], columns.status[2]]).toEqual([2, 999, 0]);
    expect(columns.timeMs[2]).toBe(Date.UTC(2026, 0, 15, 10, 30));
  });

  it('appends the events of a range to what the columns hold', () => {
    const events = ['a', 'b', 'c', 'd'].map((id) => eventOf({ ...ORDER, order_id: id }));
    const columns = new OrderColumns(4);
    const parser = newParser();

    parser.parse(events, 1, 2, columns);
    parser.parse(events, 2, 4, columns);

    expect([0, 1, 2].map((row) => idAt(columns, row))).toEqual(['b', 'c', 'd']);
    expect([...columns.offset.subarray(0, 3)]).toEqual([1, 2, 3]);
  });

  it('takes more events than a batch of spans holds', () => {
    const events = Array.from({ length: 5_000 }, (_, i) =>
      eventOf({ ...ORDER, order_id: `o${i}`, quantity: i % 100 === 7 ? 0 : 1 }),
    );

    const columns = parsed(events);

    expect(columns.rowCount).toBe(5_000);
    expect(columns.quarantinedCount).toBe(50);
    expect([...columns.offset]).toEqual(events.map((_, i) => i));
    expect([idAt(columns, 2_047), idAt(columns, 2_048)]).toEqual(['o2047', 'o2048']);
    expect(columns.quarantinedRow[49]).toBe(4_907);
  });

  it('takes events of 1 MiB whose values are all rewritten, however many come together', () => {
    const size = 1024 * 1024;
    const rest = JSON.stringify(ORDER).slice(1);
    const pad = size - rest.length - '{"status":"\\n",'.length;
    const event = Buffer.from(`{"status":"\\n${'s'.repeat(pad)}",${rest}`);
    expect(event.length).toBe(size);

    const columns = parsed([event, event, event, event, event]);

    expect(issuesOf(columns)).toEqual([[], [], [], [], []]);
  });

  it('keeps 64 KiB and a byte of an event above 1 MiB', () => {
    const long = new Uint8Array(1024 * 1024 + 1).fill(0x78);

    const columns = parsed([long, eventOf(ORDER), long]);

    expect(issuesOf(columns)).toEqual([['record_too_long'], [], ['record_too_long']]);
    expect([...columns.rawEnd.subarray(0, 2)]).toEqual([65_537, 131_074]);
  });

  it('takes an event without bytes as invalid JSON', () => {
    const columns = parsed([new Uint8Array(0), eventOf(ORDER)]);

    expect(issuesOf(columns)).toEqual([['invalid_json'], []]);
    expect(columns.rawEnd[0]).toBe(0);
  });

  it('fails when the columns have no room for the events', () => {
    const columns = new OrderColumns(1);

    expect(() => newParser().parse([eventOf(ORDER), eventOf(ORDER)], 0, 2, columns)).toThrow(
      '2 events fit into the columns',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { scanEvent } from '../../../lambdas/shared/ingest/event-scanner.ts';
import { scanLines } from '../../../lambdas/shared/ingest/ndjson.ts';
import type { SpanBatch } from '../../../lambdas/shared/ingest/span-batch.ts';
import { batchOver, scannedRecords } from '../../support/scanned-records.ts';

function scanWindow(batch: SpanBatch, end: number, isLast: boolean): number {
  return scanLines(batch, { from: 0, end, startBefore: end, isLast }, scanEvent);
}

function scanText(text: string, { isLast = true, roomBytes = 100 } = {}) {
  const batch = batchOver(Buffer.from(text), roomBytes);
  const consumed = scanWindow(batch, batch.roomAt, isLast);
  const records = scannedRecords(batch).map(({ start, end, issue, values }) => ({
    text: Buffer.from(batch.bytes.subarray(start, end)).toString(),
    issue,
    orderId: values?.order_id ?? null,
  }));
  return { consumed, records };
}

describe('lines', () => {
  it('end with LF or CRLF, and the last one may lack it', () => {
    expect(scanText('{"order_id":1}\n{"order_id":2}\r\n{"order_id":3}')).toEqual({
      consumed: 45,
      records: [
        { text: '{"order_id":1}', issue: null, orderId: '1' },
        { text: '{"order_id":2}', issue: null, orderId: '2' },
        { text: '{"order_id":3}', issue: null, orderId: '3' },
      ],
    });
  });

  it('without any byte are passed over', () => {
    expect(scanText('\n\r\n{}\n\n\r\n\n')).toEqual({
      consumed: 10,
      records: [{ text: '{}', issue: null, orderId: null }],
    });
  });

  it('of blanks are records', () => {
    expect(scanText(' \n\r\r\n\r').records).toEqual([
      { text: ' ', issue: 'invalid_json', orderId: null },
      { text: '\r', issue: 'invalid_json', orderId: null },
      { text: '\r', issue: 'invalid_json', orderId: null },
    ]);
  });

  it('are not joined where an object goes on behind a line end', () => {
    expect(scanText('{"order_id":\n1}').records.map((record) => record.issue)).toEqual([
      'invalid_json',
      'invalid_json',
    ]);
  });

  it('may be longer than 1 MiB, and need no room then', () => {
    const { consumed, records } = scanText(`${'x'.repeat(1_048_577)}\r\n{}\n`, { roomBytes: 2 });

    expect(consumed).toBe(1_048_582);
    expect(records.map((record) => record.issue)).toEqual(['record_too_long', null]);
  });

  it('of 1 MiB without their line end are short enough', () => {
    const line = `{"order_id":1${' '.repeat(1_048_562)}}`;

    expect(line.length).toBe(1_048_576);
    expect(
      scanText(`${line}\r\n`, { roomBytes: 1_048_576 }).records.map((record) => record.orderId),
    ).toEqual(['1']);
  });
});

describe('the window', () => {
  it('keeps a line for the next one that has its end', () => {
    expect(scanText('{}\n{"order_id":2}', { isLast: false })).toEqual({
      consumed: 3,
      records: [{ text: '{}', issue: null, orderId: null }],
    });
    expect(scanText('{"order_id"', { isLast: false })).toEqual({ consumed: 0, records: [] });
    expect(scanText('{}\r', { isLast: false })).toEqual({ consumed: 0, records: [] });
  });

  it('does not reach into the room, where a line end stands', () => {
    const batch = batchOver(Buffer.from('{}'), 10);

    expect(batch.bytes[2]).toBe(0x0a);
    expect(scanWindow(batch, 2, false)).toBe(0);
    expect(scanWindow(batch, 2, true)).toBe(2);
  });

  it('is left where the batch is full', () => {
    const batch = batchOver(Buffer.from('{}\n'.repeat(2_050)), 10);

    expect(scanWindow(batch, 6_150, true)).toBe(6_144);
    expect(batch.recordCount).toBe(2_048);
  });

  it('is left where the room is short', () => {
    const line = String.raw`{"order_id":"\u0041\u0042"}`;

    const { consumed, records } = scanText(`${line}\n${line}\n`, { roomBytes: line.length + 1 });

    expect(consumed).toBe(line.length + 1);
    expect(records.map((record) => record.orderId)).toEqual(['AB']);
  });

  it('fails when an empty batch has no room for one event', () => {
    expect(() => scanText('{"order_id":1}\n', { roomBytes: 13 })).toThrow(
      'invariant broken: no room for the 14 bytes of one event',
    );
  });
});

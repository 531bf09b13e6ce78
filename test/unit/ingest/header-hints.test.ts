import { describe, expect, it } from 'vitest';
import { parseHeader } from '../../../lambdas/shared/ingest/csv-header.ts';
import { ORDER_COLUMNS } from '../../../lambdas/shared/ingest/header-columns.ts';
import { HEADER } from '../../support/batch-runs.ts';

function reasonOf(text: string): string {
  const bytes = Buffer.from(text);
  const result = parseHeader(bytes, bytes.length, true, ORDER_COLUMNS);
  if (result.kind !== 'rejected') throw new Error(`not rejected: ${result.kind}`);
  return result.reason;
}

const ALL = 'order_id, customer_id, product_id, order_timestamp, quantity, price, status';
const RECORD = 'o1,c1,p1,2026-01-15 09:01:00,1,10.00,completed';

describe('a header that lacks columns', () => {
  it('is told with what it has, and with names that resemble those it lacks', () => {
    expect(reasonOf('InvoiceNo,StockCode,Quantity,UnitPrice,CustomerID,orderid,Country\n')).toBe(
      'column_missing: order_id, customer_id, product_id, order_timestamp, price, status; ' +
        'the file has the columns InvoiceNo, StockCode, Quantity, UnitPrice, CustomerID, orderid, Country; ' +
        'rename the columns, perhaps orderid to order_id, CustomerID to customer_id, ' +
        'UnitPrice to price',
    );
  });

  it('is told from a record', () => {
    expect(reasonOf(`${RECORD}\n`)).toBe(
      `column_missing: ${ALL}; the file has 7 values; ` +
        'the first line looks like a record; ' +
        'add a header line with the column names before it',
    );
  });

  it("is not told with the values of a record, which may be anybody's", () => {
    const reason = reasonOf('c1,Ada,ada@example.org,loyal\nc2,Bo,bo@example.org,new\n');
    expect(reason).toContain('the file has 4 values; the first line looks like a record');
    expect(reasonOf('status,by ada@example.org\n')).toContain(
      'the file has the columns status, by …@…;',
    );
  });

  it.each([' ', ',,,,,,', '""'])('is told from one without a name: %j', (line) => {
    expect(reasonOf(`${line}\n${RECORD}\n`)).toBe(
      `column_missing: ${ALL}; the file has no column names in its first line; write them there`,
    );
  });

  it.each([
    [HEADER, 3],
    [HEADER.replaceAll(',', ';').toUpperCase(), 3],
    [HEADER.replace(',status', ',state'), 3],
  ])('is told from lines above it: %s', (line, number) => {
    expect(reasonOf(`Account 4711\n\n${line}\n${RECORD}\n`)).toContain(
      `the file has the columns Account 4711; line ${number} looks like the header; remove the lines above it`,
    );
  });

  it('is told from one with another delimiter', () => {
    expect(reasonOf(`${HEADER.replaceAll(',', ';')};Name, first\n`)).toMatch(
      /; the columns of the header seem to be separated by ";"; to say so, add a first line of sep= and ;$/,
    );
    expect(reasonOf(`${HEADER.replaceAll(',', '\t')}\tName, first\n`)).toMatch(
      /; the columns of the header seem to be separated by tabs; to say so, add a first line of sep= and a tab$/,
    );
  });

  it.each([
    ['[{"order_id":"o1"}]', 'it looks like a JSON array; write one object per line (NDJSON)'],
    ['<!DOCTYPE html>\n', 'it looks like XML or HTML'],
    [Buffer.from(HEADER, 'utf16le').toString(), 'it looks like UTF-16 without a byte order mark'],
  ])('is told from what is no CSV: %j', (text, hint) => {
    expect(reasonOf(text).endsWith(`; ${hint}`)).toBe(true);
  });

  it('is shown in one line that is not too long', () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `column ${index} ${'x'.repeat(99)}`);
    const reason = reasonOf(`"a\nb","c""d",\u202e,${names.join(',')}\n`);

    expect(reason).toContain('the file has the columns a\\u{a}b, "c""d", \\u{202e}, column 0 xxxx');
    expect(reason).toContain('… and 983 more; rename the columns');
    expect(reason.length).toBeLessThan(1_200);
    expect(reason).not.toMatch(/[\n\u202e]/);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { caseNames, differences, readCase, runCase, type Wanted } from './run-case.ts';

/** What the header of a file of another form is answered with. */
const columnsMissing = (names: string, hint: string): Wanted => ({
  batch_exit: 1,
  batch_text_matches: `column_missing: [^;]*; the file has ${names}.*; ${hint}`,
});

/** Cases that need a mapping, with the clear answer that they get without one. */
const NEEDS_MAPPING: Readonly<Record<string, Wanted>> = {
  '01-shop-export-native': columnsMissing(
    'the columns Name, Email, Financial Status',
    'rename the columns, perhaps .*Lineitem price to price',
  ),
  '03-shop-statuses': {
    counts: { active: 3, cancelled: 2, quarantined: 1 },
    issues: { customer_id_missing: 1 },
  },
  '04-marketplace-report': columnsMissing(
    'the columns amazon-order-id, purchase-date',
    'rename the columns, perhaps .*item-price to price',
  ),
  '05-uci-online-retail': columnsMissing(
    'the columns InvoiceNo, StockCode',
    'rename the columns, perhaps CustomerID to customer_id, UnitPrice to price',
  ),
  '06-european-spreadsheet': {
    counts: { read: 2, quarantined: 2 },
    issues: { order_timestamp_invalid: 2, price_not_decimal: 2 },
  },
  '09-no-header': columnsMissing('7 values', 'the first line looks like a record'),
  '10-lines-above-the-header': columnsMissing(
    'the columns Includes orders from the main shop',
    'line 4 looks like the header; remove the lines above it',
  ),
  '17-blank-columns-left-off': {
    counts: { active: 2, quarantined: 2 },
    issues: { wrong_field_count: 2 },
  },
  // Without a zone means UTC; only a mapping can say that these are local times.
  '26-local-time': {
    order_values: { o1: { order_timestamp: '2026-01-15T23:30:00.000Z' } },
  },
};

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tandem-case-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const names = caseNames();

describe('situations that people report', () => {
  it('are 36', () => {
    expect(names).toHaveLength(36);
    expect(names).toEqual(expect.arrayContaining(Object.keys(NEEDS_MAPPING)));
  });

  it.each(names)('come out as a user expects: %s', async (name) => {
    expect(differences(await runCase(name, dir), readCase(name).accept)).toEqual([]);
  });

  it.each(Object.entries(NEEDS_MAPPING))(
    'are answered clearly without a mapping: %s',
    async (name, wanted) => {
      const found = await runCase(name, dir, { withoutInput: true });

      expect(differences(found, readCase(name).accept)).not.toEqual([]);
      expect(differences(found, [wanted])).toEqual([]);
    },
  );
});

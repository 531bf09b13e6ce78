import { describe, expect, it } from 'vitest';
import { csvLayout } from '../../../../lambdas/shared/ingest/csv-layout.ts';
import { createCsvBatch, scanCsv } from '../../../../lambdas/shared/ingest/csv-scanner.ts';
import { scannedRecords } from '../../../support/scanned-records.ts';

const LAYOUT = [0, 1, 2, 3, 4, 5, 6];
const WINDOW_BYTES = 4 * 1024 * 1024;
const batch = createCsvBatch(WINDOW_BYTES, 64);

/** Puts a text at the very end of the window and asks the kernel alone. */
function kernelScan(text: string, isLast = true) {
  const { kernel, bytes } = batch;
  const from = WINDOW_BYTES - Buffer.byteLength(text);
  bytes.set(Buffer.from(text), from);
  bytes[WINDOW_BYTES] = 0x0a;
  kernel.setLayout(csvLayout(LAYOUT));
  const range = { from, end: WINDOW_BYTES, startBefore: WINDOW_BYTES, isLast };
  const stoppedAt = kernel.scan(range, 0);
  const isOdd = stoppedAt < 0;
  return { isOdd, next: (isOdd ? ~stoppedAt : stoppedAt) - from, count: kernel.recordCount };
}

describe('the kernel', () => {
  it('takes records without quotes, and lines without any byte', () => {
    const text = 'a,b,c,d,e,f,g\n\n\r\n,,,,,,\r\na,b,c,d,e,f,g"';

    expect(kernelScan(text)).toEqual({ isOdd: false, next: 39, count: 3 });
  });

  it('takes quoted fields whose value is what stands between the quotes', () => {
    const text = '"a","","c,c","d\nd",e,f,"g"\r\n"a",b,c,d,e,f,"g"';

    expect(kernelScan(text)).toEqual({ isOdd: false, next: 45, count: 2 });
  });

  it.each([
    ['a quote inside quotes', '"a""",b,c,d,e,f,g\n'],
    ['text behind a closing quote', '"a"b,b,c,d,e,f,g\n'],
    ['a CR of the value behind a closing quote', 'a,b,c,d,e,f,"g"\r'],
    ['a quote that never closes', 'a,b,c,d,e,f,"g\n'],
    ['too few fields', 'a,b,c,d,e,f\n'],
    ['too many fields', 'a,b,c,d,e,f,g,\n'],
    ['more than 1 MiB', `${'a'.repeat(1024 * 1024 - 11)},b,c,d,e,f,g\n`],
  ])('leaves a record with %s to its caller', (_what, record) => {
    const plain = 'a,b,c,d,e,f,g\n';

    expect(kernelScan(plain + record)).toEqual({ isOdd: true, next: 14, count: 1 });
  });

  it('takes a record of 1 MiB', () => {
    const record = `${'a'.repeat(1024 * 1024 - 12)},b,c,d,e,f,g`;

    expect(kernelScan(`${record}\n`)).toEqual({ isOdd: false, next: 1024 * 1024 + 1, count: 1 });
  });

  it('stops when there is no room for another record', () => {
    const text = 'a,b,c,d,e,f,g\n'.repeat(2_049);

    expect(kernelScan(text)).toEqual({ isOdd: false, next: 28_672, count: 2_048 });
  });

  it('leaves a record whose end is not in the window', () => {
    const text = 'a,b,c,d,e,f,g\na,b,c,d,e,f,g';

    expect(kernelScan(text, false)).toEqual({ isOdd: false, next: 14, count: 1 });
    expect(kernelScan(`${text}\r`, false)).toEqual({ isOdd: false, next: 14, count: 1 });
  });
});

describe('scanCsv', () => {
  it('reads as many columns as a header of 1 MiB can have', () => {
    const before = 600_000;
    const after = 1024 * 1024 + 1 - before - LAYOUT.length;
    const ignored = (count: number) => Array<number>(count).fill(-1);
    const layout = [...ignored(before), ...LAYOUT, ...ignored(after)];
    // All columns but the seven are empty: one byte each is the limit of a record's length.
    const commas = (count: number) => ','.repeat(count);
    const plain = `${commas(before)}${commas(6)}${commas(after)}`;
    batch.bytes.set(Buffer.from(`${plain}\n${plain},\n`));
    batch.recordCount = 0;

    const range = { from: 0, end: 2 * plain.length + 3, startBefore: WINDOW_BYTES, isLast: true };
    scanCsv(batch, csvLayout(layout), range);

    expect(plain.length).toBe(1024 * 1024);
    expect(scannedRecords(batch).map(({ issue }) => issue)).toEqual([null, 'record_too_long']);
    expect(batch.starts.map((starts) => starts[0])).toEqual([
      600_000, 600_001, 600_002, 600_003, 600_004, 600_005, 600_006,
    ]);
    expect(batch.ends.map((ends) => ends[0])).toEqual([
      600_000, 600_001, 600_002, 600_003, 600_004, 600_005, 600_006,
    ]);
  });

  it('follows the layout of each call', () => {
    const text = Buffer.from('a,b,c,d,e,f,g\n');
    batch.bytes.set(text);
    const range = { from: 0, end: text.length, startBefore: text.length, isLast: true };
    const firstValues = [LAYOUT, [6, 5, 4, 3, 2, 1, 0]].map((layout) => {
      batch.recordCount = 0;
      scanCsv(batch, csvLayout(layout), range);
      return scannedRecords(batch)[0].values?.order_id;
    });

    expect(firstValues).toEqual(['a', 'g']);
  });
});

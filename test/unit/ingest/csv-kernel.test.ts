import { describe, expect, it } from 'vitest';
import { csvLayout } from '../../../lambdas/shared/ingest/csv-layout.ts';
import { createCsvBatch, scanCsv } from '../../../lambdas/shared/ingest/csv-scanner.ts';
import { scannedRecords } from '../../support/scanned-records.ts';

const LAYOUT = [0, 1, 2, 3, 4, 5, 6];
const WINDOW_BYTES = 4 * 1024 * 1024;
const batch = createCsvBatch(WINDOW_BYTES, 64);

/** Puts a text at the very end of the window and asks the kernel alone. */
function kernelScan(text: string, isLast = true, layout = csvLayout(LAYOUT)) {
  const { kernel, bytes } = batch;
  const from = WINDOW_BYTES - Buffer.byteLength(text);
  bytes.set(Buffer.from(text), from);
  bytes[WINDOW_BYTES] = 0x0a;
  kernel.setLayout(layout);
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
    ['a quote inside the quotes of a value', '"a""",b,c,d,e,f,g\n'],
    ['too few fields', 'a,b,c,d,e,f\n'],
    ['too many fields', 'a,b,c,d,e,f,g,\n'],
    ['more than 1 MiB', `${'a'.repeat(1024 * 1024 - 11)},b,c,d,e,f,g\n`],
  ])('leaves a record with %s to its caller', (_what, record) => {
    const plain = 'a,b,c,d,e,f,g\n';

    expect(kernelScan(plain + record)).toEqual({ isOdd: true, next: 14, count: 1 });
  });

  it('takes stray quotes, blanks behind quotes, and quotes inside quotes that nobody asks for', () => {
    const text = '"a"b,"b" ,c,d,e,"f,"g"\t\r\n"""a,b,c,d,e,f,"g"\r';
    batch.strayQuotes.clear();

    expect(kernelScan(text)).toEqual({ isOdd: false, next: text.length, count: 2 });
    expect(batch.strayQuotes.records).toBe(2);
    expect(batch.strayQuotes.firstStart).toBe(WINDOW_BYTES - text.length);
    const values = scannedRecords({ ...batch, recordCount: 2 }).map((record) => record.values);
    expect(Object.values(values[0] ?? {})).toEqual(['"a"b', 'b', 'c', 'd', 'e', '"f', 'g']);
    expect(Object.values(values[1] ?? {})).toEqual(['"""a', 'b', 'c', 'd', 'e', 'f', '"g"\r']);
    const layout = csvLayout([-1, ...LAYOUT]);
    expect(kernelScan('"say ""hi""" ,a,b,c,d,e,f,g\n', true, layout)).toEqual({
      isOdd: false,
      next: 28,
      count: 1,
    });
  });

  it('leaves a record whose quotes cannot be told from what is in the window', () => {
    for (const open of ['"', '"a\n', '"a"', '"a" \t', '"a"\r', '"a""', '"a""b"']) {
      const text = `a,b,c,d,e,f,g\na,b,c,d,e,f,${open}`;

      expect(kernelScan(text, false)).toEqual({ isOdd: false, next: 14, count: 1 });
    }
  });

  it('opens quotes that close in the first MiB of a record, and knows it by the bytes there', () => {
    const field = (closeAt: number) => `a,b,c,d,e,f,"\n${'x'.repeat(closeAt - 14)}"`;
    const longest = `${field(1024 * 1024 - 1)}\n`;

    expect(kernelScan(longest)).toEqual({ isOdd: false, next: longest.length, count: 1 });
    expect(kernelScan(`${field(1024 * 1024 - 2)} \r\n`).count).toBe(1);
    // What follows the last byte that counts decides; then the first line is a record.
    for (const text of [`${field(1024 * 1024)}\n`, `${field(1024 * 1024 - 1)} \n`]) {
      expect(kernelScan(text, false)).toEqual({ isOdd: true, next: 14, count: 1 });
    }
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
    expect(batch.starts.slice(0, 7).map((starts) => starts[0])).toEqual([
      600_000, 600_001, 600_002, 600_003, 600_004, 600_005, 600_006,
    ]);
    expect(batch.ends.slice(0, 7).map((ends) => ends[0])).toEqual([
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

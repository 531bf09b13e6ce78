import fc from 'fast-check';
import { expect, it } from 'vitest';
import { csvLayout } from '../../lambdas/shared/ingest/csv-layout.ts';
import { createCsvBatch, emptyBatch, scanCsv } from '../../lambdas/shared/ingest/csv-scanner.ts';
import { ORDER_FIELDS } from '../../lambdas/shared/model/order.ts';
import { withDelimiter } from '../support/csv-text.ts';
import { csvIssue, csvRecords, fieldText } from '../support/oracle/csv.ts';
import { LIMIT_MS, runs } from '../support/runs.ts';
import { type ScannedRecord, scannedRecords } from '../support/scanned-records.ts';
import { seed } from '../support/seed.ts';

/**
 * The kernel looks at 16 and 64 bytes at a time: values as long as that, more or less, anywhere.
 */

const WINDOW_BYTES = 16 * 1024;
const batch = createCsvBatch(WINDOW_BYTES, WINDOW_BYTES);

const aroundBlocks = fc
  .constantFrom(0, 1, 7, 14, 15, 16, 17, 30, 31, 32, 33, 61, 62, 63, 64, 65, 66, 127, 128, 129)
  .map((length) => 'x'.repeat(length));
/** Bytes near to a separator's: with the highest bit, one more or less, NUL, a CR alone. */
const oddText = fc
  .array(
    fc.oneof(
      { weight: 30, arbitrary: fc.constantFrom('a', '€', '\0', '!', '#', '+', '-', '\v', ' ') },
      { weight: 4, arbitrary: fc.constantFrom('\r', '\r\r', 'a"', 'a""', '\u00ac', '\u008a') },
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));
const plainValue = fc.oneof(aroundBlocks, oddText);
const quotedValue = fc
  .array(fc.oneof(plainValue, fc.constantFrom(',', '\n', '\r\n')), { maxLength: 3 })
  .map((parts) => `"${parts.join('').replaceAll('"', '')}"`);
const brokenValue = fc.constantFrom(
  ...['"a""b"', '"a"b', '""""', '"', '"a" ', '""a""', '"a', '"""', '"a"\t', '"a"\r', '"a\nb'],
);
const field = fc.oneof(
  { weight: 12, arbitrary: plainValue },
  { weight: 4, arbitrary: quotedValue },
  { weight: 2, arbitrary: brokenValue },
);
const lineEnd = fc.constantFrom('\n', '\n', '\r\n', '\n\n', '\r\n\n\r\n');

const delimiters = fc.constantFrom(',', ',', ';', '\t', '|');

const layouts = fc.constantFrom(
  [0, 1, 2, 3, 4, 5, 6],
  [6, 3, 0, 1, 5, 2, 4],
  [-1, 0, 1, -1, 2, 3, 4, 5, 6, -1],
  [...Array<number>(40).fill(-1), 6, 5, 4, 3, 2, 1, 0],
);

/** A file of a layout: most records have as many fields as it says. */
const files = layouts.chain((layout) => {
  const count = fc.oneof(
    { weight: 12, arbitrary: fc.constant(layout.length) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: layout.length + 2 }) },
  );
  const record = count.chain((length) =>
    fc
      .tuple(fc.array(field, { minLength: length, maxLength: length }), lineEnd)
      .map(([values, end]) => values.join(',') + end),
  );
  const records = fc.array(record, { maxLength: 8 }).map((parts) => parts.join(''));
  const atEnd = fc.constantFrom('', '', '\r', '"', '\n\r');
  return fc.record({
    layout: fc.constant(layout),
    file: fc
      .tuple(records, fc.boolean(), atEnd)
      .map(([text, isCut, end]) => Buffer.from((isCut ? text.trimEnd() : text) + end)),
  });
});

function expectedRecords(
  file: Buffer,
  layout: readonly number[],
  from: number,
  delimiter = ',',
): ScannedRecord[] {
  // An empty line in front, so that no bytes are taken for a byte order mark.
  return csvRecords(Buffer.concat([Buffer.from('\n'), file]), delimiter).map((record) => {
    const issue = csvIssue(record, layout.length);
    const start = record.offset - 1 + from;
    const entries = ORDER_FIELDS.map((name, index) => [
      name,
      issue === null ? fieldText(record, layout.indexOf(index)) : null,
    ]);
    const values = issue === null ? Object.fromEntries(entries) : null;
    return { start, end: start + record.bytes.length, issue, values };
  });
}

/** Scans `[from, …)` of the window as it fills up: first up to each cut, then to its end. */
function scanInSteps(
  file: Buffer,
  layout: readonly number[],
  from: number,
  cuts: readonly number[],
  delimiter = ',',
): ScannedRecord[] {
  const { bytes } = batch;
  // Around the text stand bytes that would end fields, if they counted.
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).fill('",');
  const fileLayout = csvLayout(layout, delimiter.charCodeAt(0));
  let at = from;
  const found: ScannedRecord[] = [];
  for (const cut of [...cuts.filter((cut) => cut < file.length), file.length]) {
    bytes.set(file.subarray(0, cut), from);
    emptyBatch(batch, WINDOW_BYTES + 1);
    const isLast = cut === file.length;
    const range = { from: at, end: from + cut, startBefore: WINDOW_BYTES, isLast };
    if (at < range.end) at = scanCsv(batch, fileLayout, range);
    found.push(...scannedRecords(batch));
  }
  expect(at).toBe(from + file.length);
  return found;
}

it(
  'finds what the oracle finds, wherever the text stands and the window is cut',
  () => {
    const cutLists = fc
      .array(fc.nat(2_000), { maxLength: 4 })
      .map((cuts) => cuts.sort((a, b) => a - b));
    fc.assert(
      fc.property(files, fc.nat(130), cutLists, delimiters, (plan, from, cuts, delimiter) => {
        const { layout } = plan;
        const file = withDelimiter(plan.file, delimiter);
        fc.pre(file.length + from <= WINDOW_BYTES);

        const found = scanInSteps(file, layout, from, cuts, delimiter);

        expect(found).toEqual(expectedRecords(file, layout, from, delimiter));
      }),
      { seed, ...runs(3_000) },
    );
  },
  LIMIT_MS,
);

it(
  'finds what the oracle finds at every alignment, with a window cut at every byte',
  () => {
    const file = Buffer.from(
      `o1,"c,1",p€,2026-01-01,${'1'.repeat(16)},\0,"\n" \r\n\n"o""2",c,p,t,q,"1"\r,s\r\n,,,,,"x,\n"a`,
    );
    const layout = [0, 1, 2, 3, 4, 5, 6];
    for (let from = 0; from < 64; from++) {
      const expected = expectedRecords(file, layout, from);
      for (let cut = 0; cut < file.length; cut++) {
        expect(scanInSteps(file, layout, from, [cut]), `from ${from}, cut ${cut}`).toEqual(
          expected,
        );
      }
    }
  },
  LIMIT_MS,
);

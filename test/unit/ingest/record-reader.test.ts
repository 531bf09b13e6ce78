import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLayout } from '../../../lambdas/shared/ingest/csv-layout.ts';
import type { CsvBatch } from '../../../lambdas/shared/ingest/csv-scanner.ts';
import {
  type ByteSource,
  createReaderBatch,
  csvFormat,
  RecordReader,
} from '../../../lambdas/shared/ingest/record-reader.ts';
import { issueCodes } from '../../../lambdas/shared/model/issue.ts';
import { csvText, sourceOf } from '../../support/csv-text.ts';
import { csvIssue, csvRecords } from '../../support/oracle/csv.ts';
import { runs } from '../../support/runs.ts';
import { seed } from '../../support/seed.ts';

const MIB = 1024 * 1024;
const LAYOUT = [0, 1, 2, 3, 4, 5, 6];
const NO_LIMITS = {
  stopBefore: Number.POSITIVE_INFINITY,
  giveUpAt: Number.POSITIVE_INFINITY,
};
const buffer: CsvBatch = createReaderBatch();

async function read(source: ByteSource, limits = NO_LIMITS, layout: readonly number[] = LAYOUT) {
  const records: { offset: number; issue: string | null }[] = [];
  const stray = { records: 0, firstOffset: null as number | null };
  const reader = new RecordReader(source, 0, buffer);
  const result = await reader.records(csvFormat(csvLayout(layout)), limits, (batch, baseOffset) => {
    for (let i = 0; i < batch.recordCount; i++) {
      const [issue = null] = issueCodes(batch.recordIssue[i]);
      records.push({ offset: baseOffset + batch.recordStart[i], issue });
    }
    const { strayQuotes } = batch;
    if (strayQuotes.records > 0) stray.firstOffset ??= baseOffset + strayQuotes.firstStart;
    stray.records += strayQuotes.records;
  });
  return { records, stray, ...result };
}

describe('RecordReader.records', () => {
  it('finds the same records whatever the pieces and the limit', async () => {
    const pieces = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(csvText, pieces, fc.nat(300), async (text, sizes, stopBefore) => {
        const input = Buffer.concat([Buffer.from('\n'), text]); // Not a byte order mark.
        const { records, nextOffset, gaveUp } = await read(sourceOf(input, sizes), {
          ...NO_LIMITS,
          stopBefore,
        });

        const all = csvRecords(input);
        const own = all.filter(({ offset }) => offset < stopBefore);
        expect(records).toEqual(
          own.map((record) => ({ offset: record.offset, issue: csvIssue(record, 7) })),
        );
        expect(gaveUp).toBe(false);
        const following = csvRecords(
          Buffer.concat([Buffer.from('\n'), input.subarray(nextOffset)]),
        );
        expect(following).toHaveLength(all.length - own.length);
      }),
      { seed, ...runs(500) },
    );
  });

  it('finds every record wherever the window ends in one', async () => {
    const line = 'o1,"c""1",p1,"2026-01-05\r\n€",1,1.00,"done"\r\n';
    const count = Math.ceil((2 * MIB + 1_000) / Buffer.byteLength(line));
    const lines = Buffer.from(line.repeat(count));
    for (let shift = 1; shift <= Buffer.byteLength(line); shift += 2) {
      const input = Buffer.concat([Buffer.from('\n'.repeat(shift)), lines]);
      const { records } = await read(sourceOf(input, [3 * MIB]));

      const odd = records.filter(
        ({ offset, issue }, index) =>
          issue !== null || offset !== shift + index * Buffer.byteLength(line),
      );
      expect({ shift, odd, count: records.length }).toEqual({ shift, odd: [], count });
    }
  });

  it('passes over records longer than the window, in constant memory', async () => {
    const quoted = `"${'x\n'.repeat(200)}",${'y'.repeat(3 * MIB)}`;
    const plain = 'x'.repeat(5 * MIB);
    const input = Buffer.from(`a\n${quoted}\nb\n${plain}\nc\n${quoted}${plain}\r\nd`);
    const { records, nextOffset } = await read(sourceOf(input, [700_001]));

    const longOffsets = [2, 2 + quoted.length + 3];
    const last = longOffsets[1] + plain.length + 3;
    expect(records).toEqual([
      { offset: 0, issue: 'wrong_field_count' },
      { offset: 2, issue: 'record_too_long' },
      { offset: 2 + quoted.length + 1, issue: 'wrong_field_count' },
      { offset: longOffsets[1], issue: 'record_too_long' },
      { offset: longOffsets[1] + plain.length + 1, issue: 'wrong_field_count' },
      { offset: last, issue: 'record_too_long' },
      { offset: input.length - 1, issue: 'wrong_field_count' },
    ]);
    expect(nextOffset).toBe(input.length);
  });

  it('opens a quote where what closes it stands in the first MiB of the record', async () => {
    // A line in quotes, and as many bytes behind it as bring the closing quote where it shall be.
    const record = (closeAt: number, behind: string) => `a,"\n${'x'.repeat(closeAt - 4)}"${behind}`;
    const whole = [
      record(MIB - 1, ''),
      record(MIB - 1, '\n'),
      record(MIB - 1, '\r\n'),
      record(MIB - 3, ' \t\r\n'),
      record(MIB - 1, ',x'),
    ];
    const cut = [
      record(MIB, '\n'),
      record(MIB - 1, ' \n'),
      record(MIB - 2, '  \r\n'),
      record(MIB - 1, 'x\n'),
      record(MIB - 1, '\r'),
      record(MIB - 1, '"\n'),
      record(3 * MIB, '\n'),
    ];
    for (const text of [...whole, ...cut]) {
      for (const before of ['', 'b\n', `${'b'.repeat(700_000)}\n`]) {
        const input = Buffer.from(`${before}${text}`);
        const expected = csvRecords(input);
        const { records, stray } = await read(sourceOf(input, [MIB - 1, 1, 2, 1_000_000]));

        const countBefore = before === '' ? 0 : 1;
        expect(records.length).toBe(countBefore + (whole.includes(text) ? 1 : 2));
        expect(records).toEqual(
          expected.map((one) => ({ offset: one.offset, issue: csvIssue(one, 7) })),
        );
        const offsets = expected.filter((one) => one.hasStrayQuote).map(({ offset }) => offset);
        expect(stray).toEqual({ records: offsets.length, firstOffset: offsets[0] ?? null });
      }
    }
  });

  it('looks at a byte a few times at most, however small the pieces are', async () => {
    // What the quote is can be said at the end of the input only.
    const input = Buffer.from(`a,"\n${'x'.repeat(MIB - 10)}`);
    let scannedBytes = 0;
    const format = csvFormat(csvLayout(LAYOUT));
    const reader = new RecordReader(sourceOf(input, [1_000]), 0, buffer);
    await reader.records(
      {
        ...format,
        scan: (batch, range) => {
          scannedBytes += range.end - range.from;
          return format.scan(batch, range);
        },
      },
      NO_LIMITS,
      () => {},
    );

    expect(scannedBytes / input.length).toBeLessThan(4);
  });

  it('gives up in the middle of a record that goes past the limit', async () => {
    const giveUpAt = 4 * MIB;
    const long = Buffer.from(`a\n"${'x'.repeat(6 * MIB)}"\n`);
    const { records, nextOffset, gaveUp } = await read(sourceOf(long, [MIB]), {
      ...NO_LIMITS,
      giveUpAt,
    });

    expect({ records: records.length, nextOffset, gaveUp }).toEqual({
      records: 1,
      nextOffset: 2,
      gaveUp: true,
    });
  });
});

describe('RecordReader.header', () => {
  const headerOf = (text: string, sizes: readonly number[]) =>
    new RecordReader(sourceOf(Buffer.from(text), sizes), 0, buffer).header({
      fields: ['a'],
      required: ['a'],
    });

  it('finds a header behind more empty lines than a window holds', async () => {
    const blank = '\r\n'.repeat(1.5 * MIB);

    expect(await headerOf(`${blank}a,b\n`, [MIB])).toEqual({
      kind: 'header',
      layout: csvLayout([0, -1]),
      end: blank.length + 4,
    });
    expect(await headerOf(blank, [MIB])).toEqual({ kind: 'rejected', reason: 'empty' });
    expect(await headerOf(`${blank}\ufeffa\n`, [MIB])).toMatchObject({ kind: 'rejected' });
  });

  it('waits for a header that comes byte by byte', async () => {
    expect(await headerOf('\ufeff\n"a",b\r\n1,2\n', [1])).toEqual({
      kind: 'header',
      layout: csvLayout([0, -1]),
      end: 11,
    });
  });
});

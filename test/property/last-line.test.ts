import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outcomeOf, storeOf } from '../support/batch-runs.ts';
import { expectAsOracle } from '../support/expect-as-oracle.ts';
import { oracleBatch } from '../support/oracle/batch.ts';
import { FIELDS } from '../support/oracle/text.ts';
import { LIMIT_MS, runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';
import { runCut } from '../support/staged-runs.ts';

/** What a writer of whole files puts there; some of it short, as values are. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  order_id: ['o1', 'o22', 'o333', 'SKU-10000'],
  customer_id: ['c1', 'c22'],
  product_id: ['p1', 'p22'],
  order_timestamp: ['2026-01-15 09:05:00', '2026-01-15 09:05:00.25', '2026-01-16T10:00:00'],
  quantity: ['1', '12', '100'],
  price: ['5.00', '19.95', '1999.95', '7', '7.5', '"3.50"'],
  status: ['completed', 'done', 'Pending', 'comp', '', '"cancelled"'],
  note: ['', 'none', 'a longer note'],
};

/** Mostly one form, so that a form that is another one can be seen. */
const cellOf = (name: string) => {
  const values = VALUES[name] as string[];
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant(values[0]) },
    { weight: 3, arbitrary: fc.constantFrom(...values) },
  );
};

/** The last column is any; a file is whole, or cut at any byte behind its header. */
const landing = fc
  .tuple(fc.constantFrom(...FIELDS, 'note'), fc.boolean(), fc.constantFrom(3, 12, 130))
  .chain(([last, hasNote, rowCountMax]) => {
    const others = [...FIELDS, ...(hasNote ? ['note'] : [])].filter((name) => name !== last);
    const names = [...others, last];
    const row = fc.tuple(...names.map(cellOf)).map((cells) => cells.join(','));
    const odd = fc.constantFrom('short,row', `${names.join(',')},more`);
    const line = fc.oneof({ weight: 20, arbitrary: row }, { weight: 1, arbitrary: odd });
    return fc.record({
      header: fc.constant(names.join(',')),
      lines: fc.array(line, { minLength: 1, maxLength: rowCountMax, size: 'max' }),
      lineEnd: fc.constantFrom('\n', '\r\n'),
      cutAt: fc.integer({ min: 0, max: 24 }),
      isGzip: fc.boolean(),
    });
  })
  .map(({ header, lines, lineEnd, cutAt, isGzip }) => {
    const text = [header, ...lines].join(lineEnd) + lineEnd;
    const end = Math.max(header.length + lineEnd.length, text.length - cutAt);
    const bytes = Buffer.from(text.slice(0, end));
    return isGzip
      ? new Map([['orders/o.csv.gz', gzipSync(bytes)]])
      : new Map([['orders/o.csv', bytes]]);
  });

describe('a last line that looks cut', () => {
  const cutting = fc.record({
    chunkBytes: fc.constantFrom(2 ** 30, 1_000, 40, 7),
    bucketCount: fc.integer({ min: 1, max: 3 }),
  });

  it(
    'is always found as the oracle finds it, whatever the cutting',
    async () => {
      const law = fc.asyncProperty(landing, cutting, async (files, cut) => {
        const run = async () => runCut(await storeOf(files), cut);
        await expectAsOracle(files, () => outcomeOf(run));
      });
      await fc.assert(law, { seed, ...runs(100) });
    },
    LIMIT_MS,
  );

  it('comes up in these files by all its reasons, and mostly not', () => {
    const files = fc.sample(landing, { seed: 20260101, numRuns: 600 });
    const cut = files.flatMap((landing) => {
      const run = oracleBatch({ files: landing, maxQuarantined: 1 });
      if (run.warnings.last_line_cut === undefined) return [];
      const [bytes] = [...landing.values()];
      const header = Buffer.from(bytes).toString('latin1').split(/\r?\n/)[0];
      return [header.slice(header.lastIndexOf(',') + 1)];
    });

    expect(cut.length).toBeGreaterThan(100);
    expect(cut.length).toBeLessThan(500);
    for (const last of ['price', 'status', 'order_timestamp', 'note']) {
      expect(cut).toContain(last);
    }
  });
});

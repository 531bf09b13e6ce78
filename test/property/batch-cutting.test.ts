import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BatchManifest } from '../../lambdas/batch/run/batch-manifest.ts';
import type { Keep } from '../../lambdas/shared/model/config-rules.ts';
import { type Files, type Outcome, outcomeOf, storeOf } from '../support/batch-runs.ts';
import type { Tables } from '../support/lake-tables.ts';
import { type Landing, messyLanding } from '../support/messy.ts';
import { csvRecords } from '../support/oracle/csv.ts';
import { gunzipped, readFile } from '../support/oracle/file.ts';
import { byteText, FIELDS } from '../support/oracle/text.ts';
import { LIMIT_MS, runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';
import { type Cutting, runCut, UNCUT } from '../support/staged-runs.ts';

/** Everything that a manifest says of the content, and the content. */
function contentOf(outcome: Outcome) {
  if (outcome.failure !== null) return { failure: outcome.failure };
  const { counts, issues, revenue, rejected_files, inputs, warnings, joins } = outcome.manifest;
  const said = { counts, issues, revenue, rejected_files, inputs, warnings, joins };
  return { ...said, tables: outcome.tables };
}

async function contentCut(files: Files, cutting: Partial<Cutting>) {
  const landing = await storeOf(files);
  return contentOf(await outcomeOf(() => runCut(landing, cutting)));
}

const whole = fc.constant(2 ** 30);

/** `pieces`: into how many chunks the largest file is cut, about. */
const cutting = fc.record({
  pieces: fc.integer({ min: 1, max: 60 }),
  bucketCount: fc.integer({ min: 1, max: 5 }),
  rangeCount: fc.integer({ min: 1, max: 5 }),
  exchangeBytes: fc.oneof(whole, fc.constantFrom(0, 2048, 8192)),
  waveBytes: fc.oneof(whole, fc.constantFrom(1, 500, 5_000)),
  rowGroupRows: fc.integer({ min: 1, max: 12 }),
});

const keeps = fc.constantFrom<Keep>('first', 'last');

function chunkBytesOf(files: Files, pieces: number): number {
  const largest = Math.max(1, ...[...files.values()].map((bytes) => bytes.length));
  return Math.ceil(largest / pieces);
}

describe('the same tables whatever the cutting', () => {
  it(
    'holds for chunks, buckets, ranges, waves, spilling and row groups',
    async () => {
      await fc.assert(
        fc.asyncProperty(messyLanding(), cutting, keeps, async (files, cut, keep) => {
          const { pieces, ...rest } = cut;
          const chunkBytes = chunkBytesOf(files, pieces);

          expect(await contentCut(files, { chunkBytes, ...rest, keep })).toEqual(
            await contentCut(files, { ...UNCUT, keep }),
          );
        }),
        { seed, ...runs(25) },
      );
    },
    LIMIT_MS,
  );

  it('holds for every chunk size, with line ends in quotes at every border', async () => {
    const files = new Map([['orders/a.csv', Buffer.from(QUOTED_LINE_ENDS)]]);
    const expected = await contentCut(files, UNCUT);

    expect(expected).toMatchObject({ counts: { read: 15, active: 6, duplicate: 1 } });
    const sizes = Array.from({ length: 90 }, (_, index) => (index < 40 ? index + 1 : index * 8));
    for (const chunkBytes of sizes) {
      const content = await contentCut(files, { chunkBytes, bucketCount: 2 });
      expect({ chunkBytes, ...content }).toEqual({ chunkBytes, ...expected });
    }
  });
});

const HEADER = '"order_id",customer_id,product_id,order_timestamp,quantity,price,status,note';

/** Records that are line ends, quotes and what looks like other records. */
const QUOTED_LINE_ENDS = [
  `${HEADER}\r\n`,
  'o1,c1,p1,2026-01-05,1,1.00,done,\n',
  'o1,c1,p1,2026-01-05T00:00:00,1,1.00,done,"\n\n\r\n\r\n"\r\n',
  '\n\r\n\n',
  'o2,c1,"\n",2026-01-05T00:00:00,1,1.00,done,"""\n"""\n',
  'o2,c1,p1,2026-01-05T00:00:00,1,1.00,done,\n',
  '"\n\no3\n",c1,p1,2026-01-05T00:00:00,1,1.00,done,"a\no9,c9,p9,2026-01-05T00:00:00,9,9.00,done,"\n',
  '"o4\n","c\r\n","p1","2026-01-05T00:00:00","1","1.00","done","\r\n""\r\n"\r\n',
  '\r\r\n',
  '"\n"\n',
  '"o5","c1","p1","2026-01-05T00:00:00","1","1.00","done","""\n',
  'o6,c1,p1,2026-01-05T00:00:00,1,1.00,done,""",\n',
  'o1,c1,p1,2026-01-05T00:00:00,1,1.00,done,a"\n',
  '"o8"x,c1,p1,2026-01-05T00:00:00,1,1.00,done,"\n"x"y\n',
  ' \n',
  '\n',
  'o10,c1,p1,2026-01-05T00:00:00,1,1.00,done,"never closed\no11\n\n',
].join('');

/** Where a record came from is what splitting and joining changes. */
function withoutPositions(tables: Tables) {
  const isPosition = (name: string) => /source(_offset)?$/.test(name);
  return Object.entries(tables).map(([name, rows]) => [
    name,
    rows.map((row) =>
      Object.fromEntries(Object.entries(row).filter(([column]) => !isPosition(column))),
    ),
  ]);
}

async function contentWithoutPositions(files: Files) {
  const outcome = await outcomeOf(async () => runCut(await storeOf(files), { chunkBytes: 300 }));
  if (outcome.failure !== null) throw new Error(outcome.message);
  const { counts, issues, revenue } = outcome.manifest;
  return { counts, issues, revenue, tables: withoutPositions(outcome.tables) };
}

/** The first orders file of a landing that can be read, uncompressed. */
function readableFile(files: Landing): Uint8Array | null {
  for (const [key, stored] of files) {
    if (!key.startsWith('orders/') || /\/[._]/.test(key)) continue;
    const file = readFile(stored, FIELDS);
    if (file.reason !== null || file.kind !== 'csv' || file.delimiter !== ',') continue;
    const plain = stored[0] === 0x1f ? gunzipped(stored) : stored;
    // The lines of UTF-16 and of one that begins with sep= are put together otherwise.
    if (plain === null || /^(\xff|\xfe|"?sep=)/i.test(byteText(plain))) continue;
    return plain;
  }
  return null;
}

/** The records of a file dealt into several ones in order, each with the header. */
function splitFile(file: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const [header, ...records] = csvRecords(file);
  const lineEnd = Buffer.from('\r\n');
  const places = cuts.map((cut) => Math.floor(cut * records.length)).sort((a, b) => a - b);
  return [0, ...places].map((start, index) => {
    const own = records.slice(start, places[index] ?? records.length);
    const lines = own.flatMap(({ bytes }) => {
      // What ends the file without a line end stays without one: a CR there is text.
      const isOpen = bytes === records.at(-1)?.bytes && bytes.at(-1) === 0x0d;
      return isOpen ? [bytes] : [bytes, lineEnd];
    });
    return Buffer.concat([header.bytes, lineEnd, ...lines]);
  });
}

describe('the same tables but for positions', () => {
  it(
    'holds for files split, joined and compressed',
    async () => {
      const cut = fc.double({ min: 0, max: 1, noNaN: true });
      const landings = messyLanding({ fileCountMax: 1 });
      await fc.assert(
        fc.asyncProperty(
          landings,
          fc.array(cut, { maxLength: 4 }),
          fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
          async (files, cuts, isGzip) => {
            const file = readableFile(files);
            fc.pre(file !== null);
            const joined = new Map([['orders/all.csv', file as Uint8Array]]);
            const split = splitFile(file as Uint8Array, cuts).map((bytes, index) =>
              isGzip[index]
                ? ([`orders/${index}.csv.gz`, gzipSync(bytes)] as const)
                : ([`orders/${index}.csv`, bytes] as const),
            );

            expect(await contentWithoutPositions(new Map(split))).toEqual(
              await contentWithoutPositions(joined),
            );
          },
        ),
        { seed, ...runs(20) },
      );
    },
    LIMIT_MS,
  );
});

describe('the same bytes', () => {
  it(
    'come from two runs of one plan',
    async () => {
      const run = async (files: Files, cut: Partial<Cutting>): Promise<BatchManifest | string> => {
        const outcome = await outcomeOf(async () => runCut(await storeOf(files), cut));
        return outcome.failure ?? outcome.manifest;
      };
      await fc.assert(
        fc.asyncProperty(messyLanding(), cutting, async (files, { pieces, ...rest }) => {
          const cut = { chunkBytes: chunkBytesOf(files, pieces), ...rest };

          // Keys, sizes and SHA-256 of all files stand in the manifest.
          expect(await run(files, cut)).toEqual(await run(files, cut));
        }),
        { seed, ...runs(20) },
      );
    },
    LIMIT_MS,
  );
});

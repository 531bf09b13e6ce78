import { expect } from 'vitest';
import { HEADER, storeOf } from './batch-runs.ts';
import { mappedChunks, totalsOf } from './mapped-chunks.ts';
import { csvRecords } from './oracle/csv.ts';
import { runCut } from './staged-runs.ts';

/** Files of many lines with stray quotes, and what reading them may cost. */

const orderLine = (index: number, note: string) =>
  `o${index},c${index % 1000},p${index % 50},2026-01-05 10:00:00,1,1.00,done,${note}`;

function fileOf(lineCount: number, noteOf: (index: number) => string): Buffer {
  const lines = Array.from({ length: lineCount }, (_, index) => orderLine(index, noteOf(index)));
  return Buffer.from(`${HEADER},note\n${lines.join('\n')}\n`);
}

const plainFile = (lineCount: number) => fileOf(lineCount, () => '5 inch pipe');

/** Notes that begin with a quote, as in a file whose producer does not quote. */
export const strayInTenth = (lineCount: number) =>
  fileOf(lineCount, (index) => (index % 10 === 1 ? '"5 inch pipe' : ''));

export const oneStrayQuote = (lineCount: number) =>
  fileOf(lineCount, (index) => (index === 1 ? '"5 inch pipe' : ''));

/** As many records, as many of them with a stray quote, and the same first one. */
export async function sameAsSlowReading(file: Buffer): Promise<void> {
  const [, ...records] = csvRecords(file);
  const stray = records.filter(({ hasStrayQuote }) => hasStrayQuote);
  const expected = {
    records: records.length,
    strayQuotes: stray.length,
    firstStrayQuote: stray[0]?.offset ?? null,
  };

  for (const chunkBytes of [file.length, Math.ceil(file.length / 3), 300_000]) {
    expect(totalsOf(await mappedChunks(file, chunkBytes))).toEqual(expected);
  }
}

/** Of a whole batch run: the least of several tries: others use the processor as well. */
async function cpuMsOf(file: Buffer, tries: number): Promise<number> {
  const landing = await storeOf([['orders/a.csv', file]]);
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < tries; i++) {
    const before = process.cpuUsage();
    await runCut(landing, { maxQuarantined: 1 });
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

/**
 * A file takes at most `most` times as long per byte as a plain one, and twice as many lines take
 * about twice as long: quadratic time would take four times.
 */
export async function expectLinearTime(
  file: (lineCount: number) => Buffer,
  lineCount: number,
  { most = 3, tries = 3 }: { readonly most?: number; readonly tries?: number } = {},
): Promise<void> {
  const once = file(lineCount);
  const twice = file(2 * lineCount);
  const plain = plainFile(2 * lineCount);
  const msPerByte = async (bytes: Buffer) => (await cpuMsOf(bytes, tries)) / bytes.length;
  const ofPlain = await msPerByte(plain);
  const ofOnce = await msPerByte(once);
  const ofTwice = await msPerByte(twice);

  expect(ofTwice / ofPlain).toBeLessThan(most);
  expect(ofTwice / ofOnce).toBeLessThan(1.7);
}

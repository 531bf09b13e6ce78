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

/** CPU time of a whole batch run. */
async function cpuMsOf(file: Buffer): Promise<number> {
  const landing = await storeOf([['orders/a.csv', file]]);
  const before = process.cpuUsage();
  await runCut(landing, { maxQuarantined: 1 });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Rounds at most: others use the processor as well, and the least time of each file counts. */
const MAX_ROUNDS = 12;

/**
 * A file takes at most `most` times as long per byte as a plain one, and twice as many lines take
 * about twice as long: quadratic time would take four times.
 */
export async function expectLinearTime(
  file: (lineCount: number) => Buffer,
  lineCount: number,
  { most = 3 }: { readonly most?: number } = {},
): Promise<void> {
  const files = [plainFile(2 * lineCount), file(lineCount), file(2 * lineCount)];
  const least = files.map(() => Number.POSITIVE_INFINITY);
  for (let round = 1; ; round++) {
    for (const [index, bytes] of files.entries()) {
      least[index] = Math.min(least[index], (await cpuMsOf(bytes)) / bytes.length);
    }
    const [plain, once, twice] = least;
    if (round >= 3 && twice / plain < most && twice / once < 1.7) return;
    if (round < MAX_ROUNDS) continue;
    expect(twice / plain).toBeLessThan(most);
    expect(twice / once).toBeLessThan(1.7);
  }
}

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { scanEvent } from '../../lambdas/shared/ingest/event-scanner.ts';
import { scanLines } from '../../lambdas/shared/ingest/ndjson.ts';
import { messyNdjson } from '../support/messy-events.ts';
import { ndjsonLines, readEvent } from '../support/oracle/event.ts';
import { batchOver, scannedRecords } from '../support/scanned-records.ts';
import { seed } from '../support/seed.ts';

/**
 * Reads a file through windows that grow until they hold a line, as a reader with little memory
 * does.
 */
function scannedInWindows(file: Uint8Array, windowSizes: readonly number[], spareRoom: number) {
  const records: ReturnType<typeof recordsOf> = [];
  let at = 0;
  let reach = 0;
  for (let turn = 0; at < file.length; turn++) {
    reach = Math.min(file.length, Math.max(reach, at) + windowSizes[turn % windowSizes.length]);
    const batch = batchOver(file.subarray(at, reach), reach - at + spareRoom);
    const end = reach - at;
    const isLast = reach === file.length;
    const consumed = scanLines(batch, { from: 0, end, startBefore: end, isLast }, scanEvent);
    records.push(...recordsOf(batch, at));
    at += consumed;
  }
  return records;
}

function recordsOf(batch: Parameters<typeof scannedRecords>[0], offset: number) {
  return scannedRecords(batch).map(({ start, end, issue, values }) => ({
    offset: offset + start,
    length: end - start,
    issue,
    values,
  }));
}

it('gives the same records of a file for any windows', () => {
  const windowSizes = fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(messyNdjson, windowSizes, fc.nat(10), (file, sizes, spareRoom) => {
      const expected = ndjsonLines(file).map(({ offset, bytes }) => ({
        offset,
        length: bytes.length,
        ...readEvent(bytes),
      }));

      expect(scannedInWindows(file, [file.length + 1], 0)).toEqual(expected);
      expect(scannedInWindows(file, sizes, spareRoom)).toEqual(expected);
    }),
    { seed, numRuns: 600 },
  );
});

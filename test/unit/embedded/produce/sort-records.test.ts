import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ordersCsv } from '../../../support/batch-runs.ts';
import { VirtualClock } from '../../../support/memory/virtual-clock.ts';
import { failureOf, line, produce } from '../../../support/produced.ts';
import { runs } from '../../../support/runs.ts';
import { seed } from '../../../support/seed.ts';

let temporaryDir: string;
beforeAll(() => {
  temporaryDir = mkdtempSync(join(tmpdir(), 'tandem-sort-test-'));
});
afterAll(() => rmSync(temporaryDir, { recursive: true }));

const sortedIn = (memoryBytes: number) => ({ sort: { temporaryDir, memoryBytes } });
const idsOf = ({ records }: Awaited<ReturnType<typeof produce>>) =>
  records.map(({ partitionKey }) => partitionKey);

/** In memory, and so little of it that every batch of a reader is a run. */
describe.each([1 << 20, 1])('records that are sorted in %d bytes', (memoryBytes) => {
  it('are in order of event time over all files', async () => {
    const produced = await produce(
      {
        'a.csv': ordersCsv([line('a3', '10:00:03'), line('a1', '10:00:01')]),
        'b.ndjson':
          '{"order_id":"b2","order_timestamp":"2026-01-05T10:00:02Z"}\n' +
          '{"order_id":"b0","order_timestamp":"2026-01-05T12:00:00+02:00"}\n',
      },
      sortedIn(memoryBytes),
    );

    expect(idsOf(produced)).toEqual(['b0', 'a1', 'b2', 'a3']);
    expect(produced.texts[2]).toBe('{"order_id":"b2","order_timestamp":"2026-01-05T10:00:02Z"}');
    expect(produced.tally.recordsByFile).toEqual([
      { file: 'a.csv', records: 2 },
      { file: 'b.ndjson', records: 2 },
    ]);
    expect(produced.tally.backInTime).toBe(null);
  });

  it('keep their order where their times are equal', async () => {
    const rows = ['c', 'a', 'b', 'd'].map((id) => line(id));
    const produced = await produce(
      { 'a.csv': ordersCsv([line('z', '11:00:00'), ...rows]), 'b.csv': ordersCsv([line('e')]) },
      sortedIn(memoryBytes),
    );
    expect(idsOf(produced)).toEqual(['c', 'a', 'b', 'd', 'e', 'z']);
  });

  it('stay behind the record before them where they have no time', async () => {
    const produced = await produce(
      {
        'a.csv': ordersCsv([
          line('first', 'noon'),
          line('late', '10:00:09'),
          line('behind', '25:00:00'),
          line('early', '10:00:01'),
        ]),
      },
      sortedIn(memoryBytes),
    );
    expect(idsOf(produced)).toEqual(['first', 'early', 'late', 'behind']);
  });

  it('over 1 MiB are listed and not sent', async () => {
    const long = `{"a":"${'x'.repeat(1 << 20)}"}\n`;
    const { tally, records } = await produce(
      { 'a.ndjson': `${long}{"order_id":"a"}\n` },
      sortedIn(memoryBytes),
    );
    expect([records.length, tally.skippedCount]).toEqual([1, 1]);
  });

  it('leave nothing in the temporary folder', async () => {
    await produce({ 'a.csv': ordersCsv([line('a')]) }, sortedIn(memoryBytes));
    expect(readdirSync(temporaryDir)).toEqual([]);
  });
});

it('a sort gives the same records whatever its memory', async () => {
  const row = fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 40 }));
  const file = fc.array(row, { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(file, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 20_000 }),
      async (files, memoryBytes) => {
        const all = files.flatMap((rows, at) =>
          rows.map(([second, size], i) => ({ id: `${at}-${i}-${'x'.repeat(size)}`, second })),
        );
        const contents = Object.fromEntries(
          files.map((rows, at) => [
            `${at}.csv`,
            ordersCsv(
              rows.map(([second, size], i) =>
                line(`${at}-${i}-${'x'.repeat(size)}`, `10:00:${String(second).padStart(2, '0')}`),
              ),
            ),
          ]),
        );

        const produced = await produce(contents, sortedIn(memoryBytes));

        const expected = all.toSorted((a, b) => a.second - b.second).map(({ id }) => id);
        expect(idsOf(produced)).toEqual(expected);
      },
    ),
    { seed, ...runs(60) },
  );
});

it('says what to do where there is no room to sort', async () => {
  const nowhere = join(temporaryDir, 'none');
  const error = await failureOf(
    { 'a.csv': ordersCsv([line('a')]) },
    { sort: { temporaryDir: nowhere, memoryBytes: 1 } },
  );
  expect(error?.code).toBe('system_error');
  expect(error?.message).toContain(`cannot sort in ${nowhere}/tandem-sort-`);
  expect(error?.message).toContain('set TMPDIR to a folder with enough space');
});

describe('a file that goes back in time', () => {
  const clock = new VirtualClock(Date.UTC(2026, 0, 5, 10, 20));
  const backOf = async (rows: readonly string[], maxAheadMs = 10 * 60_000) =>
    (await produce({ 'a.csv': ordersCsv(rows) }, { clock, maxAheadMs })).tally.backInTime;
  const back = (times: readonly string[]) => backOf(times.map((time, i) => line(`o${i}`, time)));

  it('by more than the delay is counted, the first record named', async () => {
    expect(await back(['10:30:00', '10:00:00', '09:59:59', '10:10:00', '09:00:00'])).toEqual({
      count: 2,
      file: 'a.csv',
      offset: 152,
      timeMs: Date.UTC(2026, 0, 5, 9, 59, 59),
      latestMs: Date.UTC(2026, 0, 5, 10, 30),
    });
  });

  it('by the delay or less is not', async () => {
    expect(await back(['10:30:00', '10:00:00'])).toBe(null);
  });

  it('is not one that holds a wrong clock far ahead', async () => {
    const rows = ['far,c1,p1,2199-01-01T00:00:00,1,1,done', line('o1'), line('o2', '09:59:59')];
    expect(await backOf(rows)).toMatchObject({ count: 1, latestMs: clock.now() + 10 * 60_000 });
    expect(await backOf(rows, 0)).toBe(null);
  });

  it('is not one whose old records have no id: they are quarantined', async () => {
    expect(await backOf([line('o1', '10:30:00'), line('', '08:00:00')])).toBe(null);
  });
});

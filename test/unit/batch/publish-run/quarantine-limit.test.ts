import { describe, expect, it } from 'vitest';
import { ordersCsv, type RunOptions, runOver, storeOf } from '../../../support/batch-runs.ts';
import { MemoryObjectStore } from '../../../support/memory/memory-object-store.ts';
import { currentOf, failureOf, orderLine } from '../../../support/small-landing.ts';

/** An orders file of so many records, of which so many are quarantined. */
function file(name: string, records: number, quarantined: number): [string, string] {
  const lines = Array.from({ length: records }, (_, index) => {
    const id = `${name}${index}`;
    return index < quarantined ? orderLine(id).replace(',done', ',?') : orderLine(id);
  });
  return [`orders/${name}.csv`, ordersCsv(lines)];
}

async function codeOf(files: readonly [string, string][], options: RunOptions = {}) {
  const result = await runOver(files, options).catch((error: { code: string }) => error.code);
  return typeof result === 'string' ? result : result.status;
}

describe('a run whose records are quarantined', () => {
  it.each([
    ['more than half of them', file('a', 100, 51), 'too_many_quarantined'],
    ['half of them', file('a', 100, 50), 'published'],
    ['all of too few to tell', file('a', 99, 99), 'published'],
    ['all of them', file('a', 100, 100), 'too_many_quarantined'],
  ])('is held back by its share: %s', async (_name, orders, expected) => {
    expect(await codeOf([orders])).toBe(expected);
  });

  it.each([
    [0, 'too_many_quarantined', file('a', 100, 1)],
    [0, 'published', file('a', 100, 0)],
    [0.01, 'published', file('a', 100, 1)],
    [1, 'published', file('a', 100, 100)],
  ])('follows batch.maxQuarantined: %d, %s', async (maxQuarantined, expected, orders) => {
    expect(await codeOf([orders], { config: { batch: { maxQuarantined } } })).toBe(expected);
  });

  it('leaves the run before as it was, and names issues and files', async () => {
    const lake = new MemoryObjectStore();
    const { manifest } = await runOver([file('a', 3, 0)], { lake });
    const files = 'bcdefgh'.split('').map((name, index) => file(name, 50, 50 - index));

    expect(await failureOf(() => runOver(files, { lake }))).toMatchObject({
      code: 'too_many_quarantined',
      message:
        '329 of 350 records are quarantined; allowed: up to 50 % (batch.maxQuarantined): ' +
        'status_unknown (329); in orders/b.csv (50 of 50), orders/c.csv (49 of 50), ' +
        'orders/d.csv (48 of 50), orders/e.csv (47 of 50), orders/f.csv (46 of 50) and 2 more. ' +
        'The tables do not change. Fix the files, or publish anyway: npx tandem batch ' +
        '--accept-quarantined',
    });
    expect(await currentOf(lake)).toEqual(manifest);
  });
});

describe('files that are new since the run before', () => {
  const history = file('a', 500, 0);
  const TEXTS = new Map([history, file('b', 10, 0)]);

  async function second(files: readonly [string, string][]) {
    const lake = new MemoryObjectStore();
    const landing = await storeOf([history, file('b', 10, 0)]);
    await runOver([], { landing, lake });
    for (const [key, text] of files) {
      const isSame = (await landing.head(key)) !== null && text === TEXTS.get(key);
      if (!isSame) await landing.put(key, Buffer.from(text));
    }
    const failure = runOver([], { landing, lake }).then(() => null);
    return await failure.catch((error: unknown) => error);
  }

  it('hold the run back where more than half of their own records are quarantined', async () => {
    expect(await second([history, file('b', 10, 0), file('c', 11, 6)])).toMatchObject({
      code: 'too_many_quarantined',
      message: expect.stringContaining(
        '6 of 11 records of files that are new since the previous run are quarantined',
      ),
    });
    expect(await second([history, file('b', 10, 0), file('c', 10, 5)])).toBeNull();
  });

  it('are files with other content as well', async () => {
    expect(await second([history, file('b', 10, 10)])).toMatchObject({
      message: expect.stringContaining('in orders/b.csv (10 of 10)'),
    });
  });

  it('are taken together', async () => {
    expect(await second([history, file('c', 10, 10), file('d', 11, 0)])).toBeNull();
  });
});

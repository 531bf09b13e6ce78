import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { reconcile } from '../../lambdas/reconcile/compare/compare-tables.ts';
import { type PublishedLake, publishedLake, verified } from '../support/published-lake.ts';
import { OPTIONS } from '../support/reconcile-runs.ts';
import { LIMIT_MS, runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';

let published: PublishedLake;
beforeAll(async () => {
  published = await publishedLake();
});

/** A place in bytes whose number is not known yet. */
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

async function withFlippedBit(
  key: string,
  { at, bit }: { readonly at: number; readonly bit: number },
  run: () => Promise<void>,
): Promise<void> {
  const { lake } = published;
  const whole = await lake.get(key);
  const flipped = Uint8Array.from(whole);
  flipped[Math.floor(at * flipped.length)] ^= 1 << bit;
  await lake.put(key, flipped);
  try {
    await run();
  } finally {
    await lake.put(key, whole);
  }
}

describe('a flipped bit in any object that a manifest names with its checksum', () => {
  it(
    'is a fault of that object and of no other',
    async () => {
      const keys = [...published.tableKeys, ...published.segmentKeys];
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...keys),
          fc.record({ at: place, bit: fc.nat(7) }),
          async (key, where) => {
            await withFlippedBit(key, where, async () => {
              const { faults } = await verified(published.lake);
              const isSegment = published.segmentKeys.includes(key);
              expect(faults.map((fault) => [fault.key, fault.code])).toEqual([
                [key, isSegment ? 'segment_damaged' : 'file_damaged'],
              ]);
            });
          },
        ),
        { seed, ...runs(80) },
      );
    },
    LIMIT_MS,
  );

  it(
    'stops reconcile, or changes nothing of what it says',
    async () => {
      const before = await reconcile(published.lake, OPTIONS);
      const keys = [...published.tableKeys, ...published.segmentKeys];
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...keys),
          fc.record({ at: place, bit: fc.nat(7) }),
          async (key, where) => {
            await withFlippedBit(key, where, async () => {
              const outcome = await reconcile(published.lake, OPTIONS).catch((error) => error);
              const isRead = published.tableKeys.includes(key);
              if (!isRead) expect(outcome).toEqual(before);
              else
                expect([outcome.code, outcome.message]).toEqual([
                  'file_damaged',
                  expect.stringContaining(key),
                ]);
            });
          },
        ),
        { seed, ...runs(80) },
      );
    },
    LIMIT_MS,
  );
});

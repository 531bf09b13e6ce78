import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { HEADER, outcomeOf, runOver } from '../support/batch-runs.ts';
import { expectAsOracle } from '../support/expect-as-oracle.ts';
import { mutated } from '../support/mutations.ts';
import { LIMIT_MS, runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';
import { projectRoot } from '../support/source-files.ts';

/** Whatever arrives, the run ends, and every record of a readable file is in exactly one table. */

const DOCUMENTED_FAILURES = ['all_files_rejected', 'dimension_rejected'];

async function expectConserved(files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  // However much of it is quarantined: what is held back proves nothing.
  const config = { batch: { maxQuarantined: 1 } };
  const outcome = await outcomeOf(() => runOver(files, { config }));

  if (outcome.failure !== null) {
    expect(DOCUMENTED_FAILURES).toContain(outcome.failure);
    return;
  }
  const { counts, inputs = [] } = outcome.manifest;
  const { orders, cancelled, duplicates, quarantine } = outcome.tables;
  expect(counts).toEqual({
    read: orders.length + cancelled.length + duplicates.length + quarantine.length,
    active: orders.length,
    cancelled: cancelled.length,
    quarantined: quarantine.length,
    duplicate: duplicates.length,
    late: 0,
  });
  expect(inputs.reduce((sum, { records }) => sum + records, 0)).toBe(counts.read);
}

/** The first lines of a real file. */
let real: Buffer;
beforeAll(() => {
  const folder = join(projectRoot, 'data/complete-journey/orders');
  const [name] = readdirSync(folder).sort();
  real = gunzipSync(readFileSync(join(folder, name))).subarray(0, 12_000);
});

describe('conservation', () => {
  it(
    'holds for real files that were damaged, plain and compressed',
    async () => {
      const file = fc.constant(null).map((): Uint8Array => real);
      const stored = fc.oneof(
        mutated(file).map((bytes) => [['orders/a.csv', bytes] as const]),
        mutated(file).map((bytes) => [['orders/a.csv.gz', gzipSync(bytes)] as const]),
        mutated(file.map((bytes) => gzipSync(bytes))).map((bytes) => [
          ['orders/a.csv.gz', bytes] as const,
          ['orders/b.csv', real] as const,
        ]),
      );
      const law = fc.asyncProperty(stored, async (files) => {
        await expectConserved(new Map(files));
        await expectAsOracle(new Map(files));
      });
      await fc.assert(law, { seed, ...runs(20) });
    },
    LIMIT_MS,
  );

  it(
    'holds for random bytes under any name',
    async () => {
      const key = fc.constantFrom(
        ...['orders/a.csv', 'orders/a.csv.gz', 'customers/a.csv', 'products/a.csv.gz'],
      );
      const law = fc.asyncProperty(
        fc.array(fc.tuple(key, fc.uint8Array({ maxLength: 300 })), { maxLength: 4 }),
        async (files) => {
          const orders = ['orders/z.csv', Buffer.from(`${HEADER}\no1,,,,,,\n`)] as const;
          await expectConserved(new Map([...files, orders]));
        },
      );
      await fc.assert(law, { seed, ...runs(20) });
    },
    LIMIT_MS,
  );

  it('holds for a gzip file cut off at every byte, and with anything behind it', async () => {
    const stored = gzipSync(Buffer.from(`${HEADER}\no1,c1,p1,2026-01-05T00:00:00,1,1.00,done\n`));
    const whole = ['orders/b.csv', Buffer.from(`${HEADER}\n`)] as const;
    const cut = Array.from({ length: stored.length }, (_, length) => stored.subarray(0, length));
    const behind = ['00', '0a', '1f8b', '1f8b0800', '00000000000000000000000000000000'].map((hex) =>
      Buffer.concat([stored, Buffer.from(hex, 'hex')]),
    );
    for (const bytes of [...cut, ...behind]) {
      const { manifest } = await runOver([['orders/a.csv.gz', bytes], whole]);
      // One byte does not say gzip yet: it is a header.
      const reason = ['empty', expect.stringMatching(/^column_missing/)][bytes.length];

      expect(manifest.rejected_files).toEqual([
        { key: 'orders/a.csv.gz', reason: reason ?? 'gzip_invalid' },
      ]);
      expect(manifest.counts.read).toBe(0);
    }
  });
});

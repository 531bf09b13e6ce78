import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BatchManifest } from '../../lambdas/batch/run/batch-manifest.ts';
import { FileObjectStore } from '../../lambdas/shared/adapters/local/file-object-store.ts';
import { WorkerPool } from '../../lib/embedded/batch/worker-pool.ts';
import { keysOf, ordersCsv } from '../support/batch-runs.ts';
import { readTables } from '../support/lake-tables.ts';
import { type Cutting, runCut, UNCUT } from '../support/staged-runs.ts';

/** Orders over many days and products, with copies, quoted line ends, and every tenth one bad. */
function lines(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => {
    const number = from + index;
    const id = number % 7 === 0 ? `o${number - 350}` : `o${number}`;
    const day = String(1 + (number % 28)).padStart(2, '0');
    const product = number % 11 === 0 ? `"p\n${number % 3}"` : `p${number % 23}`;
    const quantity = number % 10 === 0 ? -1 : 1 + (number % 9);
    const status = number % 5 === 0 ? 'cancel' : 'done';
    return `${id},c${number % 17},${product},2026-01-${day} 10:00:00,${quantity},${number}.05,${status}`;
  });
}

const FILES: readonly (readonly [string, Uint8Array])[] = [
  ['orders/a.csv', Buffer.from(ordersCsv(lines(0, 600)))],
  ['orders/b.csv.gz', gzipSync(ordersCsv(lines(400, 1_000)))],
  ['orders/c.csv', Buffer.from(ordersCsv(lines(800, 1_400)))],
  ['orders/d.csv', Buffer.from('not,orders\n')],
];

let folder: string;
let landing: FileObjectStore;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-workers-'));
  landing = new FileObjectStore(join(folder, 'landing'));
  for (const [key, bytes] of FILES) await landing.put(key, bytes);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Without what names versions of the landing's objects. */
const withoutEtags = (manifest: BatchManifest) =>
  JSON.parse(JSON.stringify(manifest, (key, value) => (key === 'etag' ? undefined : value)));

const CUTTINGS: readonly (readonly [string, Partial<Cutting>])[] = [
  ['in memory', { chunkBytes: 3_600, bucketCount: 3, rangeCount: 2 }],
  ['spilled', { chunkBytes: 3_600, bucketCount: 3, rangeCount: 2, exchangeBytes: 0 }],
  [
    'partly spilled, in waves',
    { chunkBytes: 2_800, bucketCount: 2, rangeCount: 3, exchangeBytes: 40_000, waveBytes: 8_000 },
  ],
];

it.each(CUTTINGS)(
  'gives the same content on 1 to 4 threads, with the exchange %s',
  async (name, cut) => {
    const whole = await runCut(landing, UNCUT);
    const content = await readTables(whole.lake, whole.manifest);
    const alone = await runCut(landing, cut);
    const spilled = (await keysOf(alone.lake, 'work/')).filter((key) => key.includes('/exchange/'));
    expect(spilled.length > 0).toBe(name !== 'in memory');
    expect(alone.manifest.counts).toMatchObject({ read: 1_800, quarantined: 180 });
    expect(await readTables(alone.lake, alone.manifest)).toEqual(content);

    for (const workers of [1, 2, 3, 4]) {
      const lakeDir = join(folder, `lake-${name}-${workers}`);
      const threaded = await runCut(
        landing,
        cut,
        new FileObjectStore(lakeDir),
        (settings) =>
          new WorkerPool(workers, { landingDir: join(folder, 'landing'), lakeDir, settings }),
      );

      expect(await readTables(threaded.lake, threaded.manifest)).toEqual(content);
      // The same bytes, too, though which blocks are spilled depends on who came first.
      expect(withoutEtags(threaded.manifest)).toEqual(withoutEtags(alone.manifest));
    }
  },
);

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FileObjectStore } from '../../../../lambdas/shared/adapters/local/file-object-store.ts';
import { temporaryName } from '../../../../lambdas/shared/adapters/local/reserved-names.ts';
import { sweepTemporaries } from '../../../../lib/embedded/stream/sweep-temporaries.ts';
import { createStreamWorld } from '../../../support/stream-world.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tandem-sweep-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** As a process of this machine that has ended would have named it. */
function deadName(): string {
  const { pid } = spawnSync(process.execPath, ['--version']);
  const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 12);
  return `.tandem-tmp-${host}-${pid}-1-0-1`;
}

it('removes temporary files of killed processes, and none of a living one', async () => {
  const folders = [
    'raw/stream/orders/shardId-000000000000',
    'state/stream/plans',
    'state/stream/results/00000001',
    'tables/stream/orders/epoch=00000001/day=2026-01-01',
    'manifests/stream',
  ];
  const dead = deadName();
  const alive = temporaryName();
  for (const folder of folders) {
    mkdirSync(join(dir, folder), { recursive: true });
    writeFileSync(join(dir, folder, dead), 'x');
  }
  writeFileSync(join(dir, folders[0], alive), 'x');

  const count = await sweepTemporaries(new FileObjectStore(dir), await createStreamWorld().open());

  expect(count).toBe(5);
  expect(readdirSync(join(dir, folders[0]))).toEqual([alive]);
});

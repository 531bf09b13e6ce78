import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileObjectStore } from '../../../lambdas/shared/adapters/local/file-object-store.ts';
import { keysOf, runOver } from '../../support/batch-runs.ts';
import { failureOf, SMALL_CHUNKS, SMALL_LANDING } from '../../support/small-landing.ts';

describe('a run with threads', () => {
  it('leaves nothing behind when it is aborted in any stage', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tandem-threads-'));
    const [landingDir, lakeDir] = [join(folder, 'landing'), join(folder, 'lake')];
    const landing = new FileObjectStore(landingDir);
    for (const [key, text] of SMALL_LANDING) await landing.put(key, Buffer.from(text));
    const lake = new FileObjectStore(lakeDir);
    const options = { landing, lake, landingDir, lakeDir, workers: 2, threadedFromBytes: 0 };

    for (const stage of ['map', 'reduce', 'merge', 'publish']) {
      const controller = new AbortController();
      const reason = new Error(`stopped in ${stage}`);
      const failure = await failureOf(() =>
        runOver([], {
          ...options,
          config: SMALL_CHUNKS,
          signal: controller.signal,
          onProgress: (progress) => {
            if (progress.stage === stage) controller.abort(reason);
          },
        }),
      );
      expect(failure).toBe(reason);
      expect(await keysOf(lake)).toEqual([]);
    }
    const { manifest } = await runOver([], { ...options, config: SMALL_CHUNKS });
    expect(manifest.counts).toMatchObject({ read: 4, active: 2, duplicate: 1, quarantined: 1 });
    expect(readdirSync(join(lakeDir, 'tables/batch/orders'))).toHaveLength(1);
    rmSync(folder, { recursive: true });
  });
});

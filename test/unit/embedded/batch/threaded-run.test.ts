import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileObjectStore } from '../../../../lambdas/shared/adapters/local/file-object-store.ts';
import { keysOf, runOver } from '../../../support/batch-runs.ts';
import { failureOf, SMALL_CHUNKS, SMALL_LANDING } from '../../../support/small-landing.ts';

const STORE_MODULE = join(
  import.meta.dirname,
  '../../../../lambdas/shared/adapters/local/file-object-store.ts',
);

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

  it('starts as many as the memory limit carries, and says what limit carries all', async () => {
    const notes: string[] = [];
    const noted = async (workers: number, memoryLimitBytes: string) => {
      await runOver(SMALL_LANDING, {
        workers,
        threadedFromBytes: 0,
        config: { batch: { memoryLimitBytes } },
        onNote: (line) => notes.push(line),
      });
    };

    await noted(8, '512MiB');
    await noted(8, '768MiB');
    await noted(1, '128MiB');

    expect(notes).toEqual([
      'starting 5 of 8 workers: more would spill to disk and be slower within ' +
        'batch.memoryLimitBytes of 512MiB; 8 workers need 741MiB',
    ]);
  });

  it('removes what a killed run never finished writing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tandem-killed-'));
    const [landingDir, lakeDir] = [join(folder, 'landing'), join(folder, 'lake')];
    const landing = new FileObjectStore(landingDir);
    for (const [key, text] of SMALL_LANDING) await landing.put(key, Buffer.from(text));
    const script = `
      import { FileObjectStore } from ${JSON.stringify(STORE_MODULE)};
      const key = 'tables/batch/orders/run=20260101T000000Z-00000000/part-0000-0.parquet';
      const writer = new FileObjectStore(${JSON.stringify(lakeDir)}).openWriter(key);
      await writer.write(new Uint8Array(1_000));
      process.kill(process.pid, 'SIGKILL');`;
    const killed = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
    expect(killed.signal).toBe('SIGKILL');
    const runFolders = () => readdirSync(join(lakeDir, 'tables/batch/orders'));
    expect(runFolders()).toEqual(['run=20260101T000000Z-00000000']);

    const lake = new FileObjectStore(lakeDir);
    const { runId } = await runOver([], { landing, lake, landingDir, lakeDir });

    expect(runFolders()).toEqual([`run=${runId}`]);
    rmSync(folder, { recursive: true });
  });
});

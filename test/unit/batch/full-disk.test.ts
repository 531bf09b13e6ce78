import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileObjectStore } from '../../../lambdas/shared/adapters/local/file-object-store.ts';
import { TerminalError } from '../../../lambdas/shared/model/errors.ts';
import { BATCH_CURRENT_KEY } from '../../../lambdas/shared/state/batch-keys.ts';
import { keysOf, runOver } from '../../support/batch-runs.ts';
import { hookedStore } from '../../support/hooked-store.ts';
import { MemoryObjectStore } from '../../support/memory/memory-object-store.ts';
import { currentOf, failureOf, SMALL_CHUNKS, SMALL_LANDING } from '../../support/small-landing.ts';

const refusal = (key: string) => new TerminalError('storage_error', `${key}: no space left`);
const WRITES = new Set(['put', 'write', 'commit']);

describe('a lake that becomes full at any write of a run', () => {
  it('always fails with the first refusal, and holds no more than before', async () => {
    const lake = new MemoryObjectStore();
    const { manifest } = await runOver(SMALL_LANDING, { lake, config: SMALL_CHUNKS });
    const before = await keysOf(lake);
    let failed = 0;
    for (let at = 0; ; at++) {
      let writes = 0;
      const refused: string[] = [];
      const full = hookedStore(lake, (operation, key) => {
        if (!WRITES.has(operation) || writes++ < at) return;
        refused.push(key);
        throw refusal(key);
      });
      const outcome = await runOver(SMALL_LANDING, { lake: full, config: SMALL_CHUNKS }).catch(
        (error: unknown) => error,
      );
      if (!(outcome instanceof Error)) break;
      failed += 1;
      expect(outcome).toMatchObject({ message: `${refused[0]}: no space left` });
      expect(await keysOf(lake)).toEqual(before);
      expect(await currentOf(lake)).toEqual(manifest);
    }
    expect(failed).toBeGreaterThan(10);
  });

  it('fails with the first refusal where nothing can be removed either, and says so', async () => {
    const lake = hookedStore(new MemoryObjectStore(), (operation, key) => {
      if (operation === 'delete') throw new TerminalError('storage_error', `${key}: read-only`);
      if (operation === 'commit') throw refusal(key);
    });
    const said: string[] = [];

    const failure = await failureOf(() =>
      runOver(SMALL_LANDING, { lake, onLeftover: (message) => said.push(message) }),
    );

    expect(failure).toMatchObject({ message: expect.stringContaining('no space left') });
    expect(said).toEqual([
      expect.stringMatching(/^cannot remove all expired runs: .*: read-only$/),
    ]);
  });
});

describe('a run that is published', () => {
  it('stays, although its publication was answered with an error', async () => {
    const lake = new MemoryObjectStore();
    const torn = hookedStore(lake, async (operation, key) => {
      if (operation !== 'put' || key !== BATCH_CURRENT_KEY) return;
      const [manifest] = (await keysOf(lake, 'manifests/batch/')).filter((name) =>
        /Z-[0-9a-f]{8}[.]json$/.test(name),
      );
      await lake.put(key, Buffer.from(JSON.stringify({ manifest })));
      throw refusal(key);
    });

    const failure = await failureOf(() => runOver(SMALL_LANDING, { lake: torn }));

    expect(failure).toMatchObject({ message: `${BATCH_CURRENT_KEY}: no space left` });
    const { tables } = await currentOf(lake);
    for (const { files } of Object.values(tables)) {
      for (const { key } of files) expect(await lake.head(key)).not.toBeNull();
    }
    expect(await keysOf(lake, 'work/')).toEqual([]);
  });

  it('is no failure where what is over cannot be removed', async () => {
    const lake = hookedStore(new MemoryObjectStore(), (operation) => {
      if (operation === 'delete') throw new TerminalError('storage_error', 'work: read-only');
    });
    const said: string[] = [];

    const { status } = await runOver(SMALL_LANDING, {
      lake,
      onLeftover: (message) => said.push(message),
    });

    expect(status).toBe('published');
    expect(said).toEqual(['cannot remove all expired runs: work: read-only']);
  });
});

describe('a folder', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'tandem-full-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('is as it was before a run that failed in it, unnamed files included', async () => {
    const files = new FileObjectStore(dir);
    await runOver(SMALL_LANDING, { lake: files, lakeDir: dir });
    const before = readdirSync(dir, { recursive: true }).sort();
    const full = hookedStore(files, (operation, key) => {
      if (operation === 'put' && key.startsWith('manifests/')) throw refusal(key);
    });

    await failureOf(() => runOver(SMALL_LANDING, { lake: full, lakeDir: dir }));

    expect(readdirSync(dir, { recursive: true }).sort()).toEqual(before);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileObjectStore } from '../../../../lambdas/shared/adapters/local/file-object-store.ts';
import { jsonBytes } from '../../../../lambdas/shared/runtime/json.ts';
import { ordersCsv, runOver } from '../../../support/batch-runs.ts';
import { runCliHere } from '../../../support/run-cli.ts';

describe('a manifest that lists what is no file of the lake', () => {
  const BAD = [
    '../../etc/passwd',
    '/etc/passwd',
    'tables/../../x',
    'tables/a\0b',
    'tables/a//b',
    'tables/a\nb',
    'tables/a\u202eb',
  ];

  it.each(BAD)('is an error that names the manifest: %j', async (key) => {
    const bad = mkdtempSync(join(tmpdir(), 'tandem-keys-'));
    const {
      lake,
      manifest: published,
      manifestKey,
    } = await runOver([['orders/a.csv', ordersCsv(['o1,c,p,2026-01-01 10:00:00,1,1,done'])]], {
      lake: new FileObjectStore(bad),
    });
    const [file] = published.tables.orders?.files ?? [];
    const orders = { files: [{ ...file, key }] };
    const manifest = { ...published, tables: { ...published.tables, orders } };
    await lake.put(manifestKey, jsonBytes(manifest));

    for (const flags of [['--files'], [], ['--json']]) {
      const { exitCode, out, err } = await runCliHere(['show', 'orders', '--lake', bad, ...flags]);
      expect(exitCode).toBe(1);
      const problem = 'is damaged: tables.orders.files[0].key is "';
      expect(err).toContain(`tandem: manifest ${manifestKey} ${problem}`);
      expect(err.trimEnd().split('\n')).toHaveLength(1);
      if (flags[0] === '--json') expect(JSON.parse(out).error.code).toBe('manifest_damaged');
      else expect(out).toBe('');
    }
    rmSync(bad, { recursive: true });
  });
});

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ordersCsv } from '../../../support/batch-runs.ts';
import { checkJson, europeanLine, linesOf, useCheckFolder } from '../../../support/check-folder.ts';
import { runCliHere } from '../../../support/run-cli.ts';
import { orderLine } from '../../../support/small-landing.ts';

const folder = useCheckFolder();
const run = (...args: string[]) => runCliHere(['check', ...args]);

describe('check of what a run would refuse', () => {
  it('goes on, and says so: too many records in quarantine', async () => {
    folder.put(
      'landing/orders/a.csv',
      ordersCsv([...linesOf(60, europeanLine), ...linesOf(41, orderLine)]),
    );
    const { exitCode, result } = await checkJson('--landing', folder.landing);

    expect(exitCode).toBe(1);
    expect([result.counts.quarantined, result.would_publish]).toEqual([60, false]);
    expect(result.why.code).toBe('too_many_quarantined');
    expect(result.why.message).toContain('60 of 101 records are quarantined');
    expect((await run('--landing', folder.landing)).out).toMatch(
      /\na run would fail: 60 of 101 records .* \(too_many_quarantined\)\n$/,
    );
  });

  it('compares new files with the run before, and names those that are gone', async () => {
    const config = folder.configFile();
    folder.put('landing/orders/a.csv', ordersCsv(linesOf(200, orderLine)));
    const gone = folder.put('landing/orders/gone.csv', ordersCsv([orderLine('p1')]));
    expect((await runCliHere(['batch', '--config', config])).exitCode).toBe(0);
    rmSync(gone);
    folder.put('landing/orders/new.csv', ordersCsv(linesOf(20, europeanLine)));
    const before = readdirSync(join(folder.root, 'lake'), { recursive: true });
    const { exitCode, result } = await checkJson('--config', config);

    expect(exitCode).toBe(1);
    expect(result.why.message).toContain('20 of 20 records of files that are new');
    expect(result.warnings).toMatchObject([
      { code: 'files_vanished', count: 1, example: 'orders/gone.csv' },
    ]);
    expect(readdirSync(join(folder.root, 'lake'), { recursive: true })).toEqual(before);
    // Another landing folder has nothing to do with that lake.
    folder.put('other/orders/a.csv', ordersCsv(linesOf(20, europeanLine)));
    const other = await checkJson('--config', config, '--landing', join(folder.root, 'other'));
    expect([other.exitCode, other.result.warnings]).toEqual([0, []]);
  });

  it('lists every file with its reason where none can be read', async () => {
    const cut = gzipSync(ordersCsv([orderLine('o1')])).subarray(0, -9);
    folder.put('landing/orders/b.gz', cut);
    folder.put('landing/customers/c.csv', 'customer_id\nc9\n');
    const file = folder.put('landing/orders/a.csv', 'Order;Amount\n1;2\n');
    const { exitCode, result } = await checkJson('--landing', folder.landing);

    expect(exitCode).toBe(1);
    expect(result).toMatchObject({
      counts: { read: 0, active: 0, cancelled: 0 },
      revenue: '0.00',
      issues: [],
      files: [
        { key: 'orders/a.csv', records: null, delimiter: ';', columns: ['Order', 'Amount'] },
        { key: 'orders/b.gz', records: null, compression: 'gzip' },
      ],
      rejected_files: [
        {
          key: 'orders/a.csv',
          reason: expect.stringMatching(/^column_missing: /),
          suggestion: { text: expect.stringContaining(`npx tandem init --from ${file} `) },
        },
        { key: 'orders/b.gz', reason: 'gzip_invalid' },
      ],
      warnings: [{ code: 'files_rejected', count: 2 }],
      would_publish: false,
      why: { code: 'all_files_rejected' },
    });
  });

  it('goes on without customers that cannot be read', async () => {
    folder.put('landing/orders/a.csv', ordersCsv([orderLine('o1'), europeanLine('o2')]));
    folder.put('landing/customers/c.csv', 'name\nx\n');
    const { exitCode, result } = await checkJson('--landing', folder.landing);
    expect(exitCode).toBe(1);
    expect([result.counts.read, result.why.code]).toEqual([2, 'dimension_rejected']);
  });

  it('fails where there is nothing to show', async () => {
    const { exitCode, result } = await checkJson('--landing', folder.landing);
    expect([exitCode, result.error.code]).toEqual([1, 'landing_empty']);
  });
});

describe('check --strict', () => {
  it('exits with 1 for a warning or a quarantined record, and with 0 without any', async () => {
    folder.put('landing/orders/a.csv', ordersCsv([orderLine('o1')]));
    expect((await run('--landing', folder.landing, '--strict')).exitCode).toBe(0);
    folder.put('landing/orders/_b.csv', '');
    expect((await run('--landing', folder.landing, '--strict')).exitCode).toBe(1);
    rmSync(join(folder.landing, 'orders/_b.csv'));
    folder.put('landing/orders/a.csv', ordersCsv([orderLine('o1'), europeanLine('o2')]));
    expect((await run('--landing', folder.landing)).exitCode).toBe(0);
    expect((await run('--landing', folder.landing, '--strict')).exitCode).toBe(1);
  });
});

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCliHere } from '../../../support/run-cli.ts';

const HEADER = 'order_id,customer_id,product_id,order_timestamp,quantity,price,status\n';
const ORDERS = `${HEADER}o1,c1,p1,2026-01-01 10:00:00,2,9.99,completed
o2,c2,p2,2026-01-01 11:00:00,1,100.00,done
o3,c1,p1,2026-01-02 10:00:00,1,9.99,cancelled
o1,c1,p1,2026-01-01 10:00:30,2,9.99,completed
,c1,p1,2026-01-01 10:00:00,-1,9.99,completed
`;

let dir: string;
let landing: string;
let lake: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tandem-commands-'));
  landing = join(dir, 'landing');
  lake = join(dir, 'lake');
  for (const folder of ['orders', 'products'])
    mkdirSync(join(landing, folder), { recursive: true });
  writeFileSync(join(landing, 'orders', 'a.csv'), ORDERS);
  const products =
    'product_id,product_name,category,brand,list_price\np1,Kettle,Kitchen,Alder,10\n';
  writeFileSync(join(landing, 'products', 'p.csv'), products);
});
afterAll(() => rmSync(dir, { recursive: true }));

const json = async (...args: string[]) => {
  const { exitCode, out } = await runCliHere([...args, '--json']);
  return { exitCode, result: JSON.parse(out) };
};

describe('batch', () => {
  it('prints the object of the contract with --json', async () => {
    const { exitCode, result } = await json('batch', '--landing', landing, '--lake', lake);
    expect(exitCode).toBe(0);
    expect(result).toEqual({
      run_id: expect.stringMatching(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/),
      status: 'published',
      manifest: `manifests/batch/${result.run_id}.json`,
      counts: { read: 5, active: 2, cancelled: 1, quarantined: 1, duplicate: 1, late: 0 },
      issues: { order_id_missing: 1, quantity_not_positive: 1 },
      revenue: '119.98',
      rejected_files: [],
      warnings: [
        {
          code: 'duplicates_differ',
          count: 1,
          example: 'order_id o1 in orders/a.csv at byte 205 (orders/a.csv at byte 70 counts)',
          hint: 'they differ in order_timestamp (1); 1 looks like the same order sent again at another time',
        },
        {
          code: 'join_misses',
          count: 1,
          example: 'product_id p2 in orders/a.csv at byte 116',
          hint:
            '2 without customer, 1 without product: their joined columns are null; compare the ' +
            'spelling of the ids on both sides',
        },
      ],
      joins: { customers_missed: 2, products_missed: 1 },
      duration_ms: expect.any(Number),
    });
  });

  it('says its warnings on standard error, with --json too', async () => {
    const args = ['batch', '--landing', landing, '--lake', lake];
    const asText = await runCliHere(args);
    const asJson = await runCliHere([...args, '--json']);

    expect(asJson.err).toBe(asText.err);
    expect(asText.err.split('\n').map((line) => line.slice(0, 68))).toEqual([
      'tandem: warning: 1 duplicate differs from the record that counts (du',
      'tandem: warning: 1 active order has no customer or product: its id i',
      '',
    ]);
  });

  it('says so where a small run is published although most of it is quarantined', async () => {
    const bad = join(dir, 'bad-landing');
    mkdirSync(join(bad, 'orders'), { recursive: true });
    writeFileSync(join(bad, 'orders', 'a.csv'), `${HEADER}o1,c1,p1,01/02/2026,1,1,done\n`);
    const args = ['batch', '--landing', bad, '--lake', join(dir, 'bad-lake')];
    const relaxed = await runCliHere(args);
    const strict = await runCliHere([...args, '--strict']);
    const accepted = await runCliHere([...args, '--strict', '--accept-quarantined']);

    expect(relaxed.err).toBe(
      'tandem: warning: 1 of 1 records are quarantined: order_timestamp_invalid (1); ' +
        'to see them: npx tandem show quarantine\n',
    );
    expect([relaxed.exitCode, strict.exitCode, accepted.exitCode]).toEqual([0, 1, 0]);
    expect(accepted.err).toBe('');
  });

  it('holds a run back whose records are quarantined, unless that is accepted', async () => {
    const bad = join(dir, 'changed-landing');
    mkdirSync(join(bad, 'orders'), { recursive: true });
    const lines = Array.from({ length: 100 }, (_, i) => `o${i},c1,p1,01/02/2026,1,1,done\n`);
    writeFileSync(join(bad, 'orders', 'a.csv'), HEADER + lines.join(''));
    const args = ['batch', '--landing', bad, '--lake', join(dir, 'changed-lake')];
    const held = await json(...args);
    const accepted = await json(...args, '--accept-quarantined');

    expect(held).toEqual({
      exitCode: 1,
      result: {
        error: {
          code: 'too_many_quarantined',
          message:
            '100 of 100 records are quarantined; allowed: up to 50 % (batch.maxQuarantined): ' +
            'order_timestamp_invalid (100); in orders/a.csv (100 of 100). The tables do not ' +
            'change. Fix the files, or publish anyway: npx tandem batch --accept-quarantined',
        },
      },
    });
    expect(accepted).toMatchObject({ exitCode: 0, result: { status: 'published' } });
  });

  it('escapes control characters of what its warnings show', async () => {
    const odd = join(dir, 'odd-landing');
    mkdirSync(join(odd, 'orders'), { recursive: true });
    const line = '\u001b[2Jo1,c1,p1,2026-01-01 10:00:00,1,1,done\n';
    writeFileSync(join(odd, 'orders', 'a.csv'), HEADER + line + line.replace('p1', 'p2'));
    const { out, err } = await runCliHere(['batch', '--landing', odd, '--lake', join(dir, 'odd')]);

    expect(out + err).not.toContain('\u001b');
    expect(err).toContain('order_id \\x1b[2Jo1 in orders/a.csv at byte 112');
  });

  it('prints a summary for people', async () => {
    const { exitCode, out, err } = await runCliHere([
      'batch',
      '--landing',
      landing,
      '--lake',
      lake,
    ]);
    expect(exitCode).toBe(0);
    expect(err).toMatch(/^(tandem: warning: .*\n){2}$/);
    expect(out).toContain('active             2   40.00 %\n');
    expect(out).toContain(
      '\njoin_misses            1  product_id p2 in orders/a.csv at byte 116\n',
    );
    expect(out).toContain('revenue of active orders: 119.98\n');
    expect(out).toContain(`next: npx tandem show top_products --lake ${lake}\n`);
  });

  it('exits with 1 under --strict on any warning, and publishes', async () => {
    const args = ['batch', '--landing', landing, '--lake', join(dir, 'warned-lake')];
    const { exitCode, result } = await json(...args, '--strict');

    expect([exitCode, result.status]).toEqual([1, 'published']);
  });

  it('exits with 1 under --strict when a file was rejected, and publishes the rest', async () => {
    const bad = join(landing, 'orders', 'bad.csv');
    writeFileSync(bad, 'order_id\n1\n');
    const other = join(dir, 'strict-lake');
    const relaxed = await runCliHere(['batch', '--landing', landing, '--lake', other]);
    const strict = await json('batch', '--landing', landing, '--lake', other, '--strict');
    rmSync(bad);

    expect(relaxed.exitCode).toBe(0);
    expect(relaxed.err).toContain('tandem: warning: 1 file is rejected (files_rejected)');
    expect(strict.exitCode).toBe(1);
    expect(strict.result.status).toBe('published_with_rejected_files');
    expect(strict.result.rejected_files).toHaveLength(1);
  });

  it('tells a landing folder that is not there from one without orders', async () => {
    const empty = join(dir, 'none');
    const missing = await json('batch', '--landing', empty, '--lake', lake);
    const planned = await json('plan', '--landing', empty);
    mkdirSync(join(empty, 'Orders'), { recursive: true });
    writeFileSync(join(empty, 'Orders/a.csv'), '');
    const moved = await json('batch', '--landing', empty, '--lake', lake);

    expect(missing.exitCode).toBe(1);
    expect(missing.result.error.code).toBe('landing_not_found');
    expect(missing.result.error.message).toContain(`landing folder ${empty} does not exist`);
    expect(planned.result.error.code).toBe('landing_not_found');
    expect(moved.exitCode).toBe(1);
    expect(moved.result.error.code).toBe('landing_empty');
    expect(moved.result.error.message).toContain('found 1 file in Orders/');
  });
});

describe('show', () => {
  it('prints rows with exact decimals as text with --json', async () => {
    const { exitCode, result } = await json('show', 'top_products', '--lake', lake);
    expect(exitCode).toBe(0);
    expect(result).toEqual({
      table: 'top_products',
      rows: [
        {
          rank: 1,
          product_id: 'p2',
          product_name: null,
          category: null,
          total_orders: '1',
          total_revenue: '100.00',
        },
        {
          rank: 2,
          product_id: 'p1',
          product_name: 'Kettle',
          category: 'Kitchen',
          total_orders: '1',
          total_revenue: '19.98',
        },
      ],
    });
  });

  it('prints a table for people and how many rows there are', async () => {
    const { out } = await runCliHere(['show', 'daily_revenue', '--lake', lake]);
    expect(out).toMatchInlineSnapshot(`
      "order_date  total_orders  total_revenue
      ──────────  ────────────  ─────────────
      2026-01-01             2         119.98

      1 row
      "
    `);
    const { out: limited } = await runCliHere(['show', 'orders', '--lake', lake, '--limit', '1']);
    expect(limited).toContain('\n1 of 2 rows\n');
    expect(limited).toContain('∅');
  });

  it('has an empty list for a table without rows', async () => {
    const other = join(dir, 'no-quarantine');
    mkdirSync(join(other, 'orders'), { recursive: true });
    writeFileSync(
      join(other, 'orders', 'a.csv'),
      `${HEADER}o1,c1,p1,2026-01-01 10:00:00,2,9.99,completed\n`,
    );
    const otherLake = join(dir, 'no-quarantine-lake');
    await runCliHere(['batch', '--landing', other, '--lake', otherLake]);
    const { result } = await json('show', 'quarantine', '--lake', otherLake);
    expect(result).toEqual({ table: 'quarantine', rows: [] });
  });

  it('prints the addresses of files, one a line', async () => {
    const { out } = await runCliHere(['show', 'orders', '--lake', lake, '--files']);
    const lines = out.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines)
      expect(line).toMatch(/^\/.*\/tables\/batch\/orders\/run=.*\.parquet$/);
  });

  it('fails when nothing was published and says what to run', async () => {
    const { exitCode, result } = await json('show', 'orders', '--lake', join(dir, 'none'));
    expect(exitCode).toBe(1);
    expect(result.error.code).toBe('nothing_published');
    expect(result.error.message).toContain('run: npx tandem batch');
  });
});

describe('demo', () => {
  it('runs both doors, which agree, and fills its folder anew each time', async () => {
    const demoDir = join(dir, 'demo');
    const first = await json('demo', '--orders', '2000', '--dir', demoDir);
    const second = await json('demo', '--orders', '2000', '--dir', demoDir);

    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
    expect(readdirSync(demoDir).sort()).toEqual(['.tandem-demo', 'lake', 'landing', 'stream']);
    expect(first.result.top_products).toHaveLength(10);
    expect(first.result.batch.counts.read).toBe(first.result.rows);
    expect(second.result.batch.revenue).toBe(first.result.batch.revenue);
    const { batch, stream, reconcile } = first.result;
    expect(stream.counts.read).toBe(batch.counts.read);
    expect(stream.counts.late).toBeGreaterThan(0);
    expect(reconcile.agree).toBe(true);
    expect(reconcile.classes.late_in_stream).toBeGreaterThan(0);
  });

  it('tells it on one screen', async () => {
    const { exitCode, out } = await runCliHere([
      ...['demo', '--orders', '300', '--dir', join(dir, 'screen')],
    ]);

    expect(exitCode).toBe(0);
    expect(out).toContain('Do they agree? Yes: every order and every cent that differs is');
    expect(out.split('\n').length).toBeLessThan(45);
  });

  it('fails when the folder holds something else, and leaves it alone', async () => {
    const own = join(dir, 'own');
    mkdirSync(own);
    writeFileSync(join(own, 'precious.txt'), 'mine');
    const { exitCode, result } = await json('demo', '--dir', own);
    expect(exitCode).toBe(1);
    expect(result.error.code).toBe('demo_dir_not_empty');
    expect(readdirSync(own)).toEqual(['precious.txt']);
  });
});

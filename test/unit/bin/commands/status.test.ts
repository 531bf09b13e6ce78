import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCliHere } from '../../../support/run-cli.ts';

const manifestOf = (runId: string, revenue: string) => ({
  kind: 'batch',
  run_id: runId,
  status: 'published_with_rejected_files',
  created_at: '2026-02-01T10:00:00.000Z',
  counts: { read: 1_000, active: 700, cancelled: 150, quarantined: 100, duplicate: 50, late: 0 },
  issues: { price_negative: 40, quantity_not_positive: 70 },
  revenue,
  inputs: [],
  rejected_files: [{ key: 'orders/bad.csv', reason: 'column_missing: price' }],
  tables: {
    daily_revenue: {
      files: [
        {
          key: 'tables/batch/daily_revenue/run=x/part-0.parquet',
          rows: 31,
          bytes: 1_500,
          sha256: 'ab',
        },
      ],
    },
  },
});

describe('status', () => {
  let lake: string;
  const put = (key: string, content: unknown) => {
    mkdirSync(dirname(join(lake, key)), { recursive: true });
    writeFileSync(join(lake, key), JSON.stringify(content));
  };
  beforeEach(() => {
    lake = mkdtempSync(join(tmpdir(), 'tandem-status-'));
  });
  afterEach(() => rmSync(lake, { recursive: true }));

  const OLD = '20260101T000000Z-aaaaaaaa';
  const NEW = '20260201T000000Z-bbbbbbbb';
  const publish = () => {
    put(`manifests/batch/${OLD}.json`, manifestOf(OLD, '1.00'));
    put(`manifests/batch/${NEW}.json`, manifestOf(NEW, '1234567.89'));
    put('manifests/batch/CURRENT.json', { manifest: `manifests/batch/${NEW}.json` });
  };

  it('says what to run where nothing was published', async () => {
    const { exitCode, out } = await runCliHere(['status', '--lake', lake]);
    expect(exitCode).toBe(0);
    expect(out).toBe(`${lake} holds no published run yet; run: npx tandem batch --lake ${lake}\n`);
  });

  it('shows counts, issues, rejected files, revenue, tables and other runs', async () => {
    publish();
    const { exitCode, out } = await runCliHere(['status', '--lake', lake]);
    expect(exitCode).toBe(0);
    expect(out.replace(lake, 'LAKE')).toMatchInlineSnapshot(`
      "LAKE: batch run 20260201T000000Z-bbbbbbbb, published_with_rejected_files, 2026-02-01T10:00:00.000Z
      manifest: manifests/batch/20260201T000000Z-bbbbbbbb.json

      outcome      records     share
      ───────      ───────     ─────
      read           1,000  100.00 %
      active           700   70.00 %
      cancelled        150   15.00 %
      quarantined      100   10.00 %
      duplicate         50    5.00 %

      issue                  records
      ─────                  ───────
      quantity_not_positive       70
      price_negative              40

      rejected file   reason
      ─────────────   ──────
      orders/bad.csv  column_missing: price

      revenue of active orders: 1,234,567.89

      table            rows  files    size
      ─────            ────  ─────    ────
      orders              0      0     0 B
      cancelled           0      0     0 B
      duplicates          0      0     0 B
      quarantine          0      0     0 B
      daily_revenue      31      1  1.5 kB
      hourly_revenue      0      0     0 B
      product_revenue     0      0     0 B
      top_products        0      0     0 B
      window_revenue      0      0     0 B

      other kept run             created at                records  revenue
      ──────────────             ──────────                ───────  ───────
      20260101T000000Z-aaaaaaaa  2026-02-01T10:00:00.000Z    1,000     1.00
      "
    `);
  });

  it('says each warning once, with its hint', async () => {
    const warning = {
      code: 'join_misses',
      count: 3,
      example: 'customer_id 9 in orders/a.csv at byte 5',
      hint: 'the ids are written otherwise',
    };
    put(`manifests/batch/${NEW}.json`, { ...manifestOf(NEW, '1.00'), warnings: [warning] });
    put('manifests/batch/CURRENT.json', { manifest: `manifests/batch/${NEW}.json` });
    const { out } = await runCliHere(['status', '--lake', lake]);
    expect(out.match(/join_misses/g)).toHaveLength(1);
    expect(out).toMatch(/^warning: .*join_misses.*the ids are written otherwise/m);
  });

  it('is one object with --json', async () => {
    publish();
    put(`work/20260202T000000Z-cccccccc/plan.json`, {});
    put(`tables/batch/orders/run=20260203T000000Z-dddddddd/part-0-0.parquet`, {});
    const { out } = await runCliHere(['status', '--lake', lake, '--json']);
    const status = JSON.parse(out);
    expect(status).toMatchObject({
      lake,
      batch: {
        current: { run_id: NEW, revenue: '1234567.89', manifest: `manifests/batch/${NEW}.json` },
        kept: [{ run_id: OLD, revenue: '1.00' }],
      },
      unpublished_runs: ['20260203T000000Z-dddddddd', '20260202T000000Z-cccccccc'],
    });
    expect(status.batch.current.tables.daily_revenue).toEqual({ rows: 31, bytes: 1_500, files: 1 });
    expect(status.batch.current.tables.orders).toEqual({ rows: 0, bytes: 0, files: 0 });
  });

  it('fails when a manifest cannot be read', async () => {
    put('manifests/batch/CURRENT.json', { manifest: 'manifests/batch/gone.json' });
    const { exitCode, out } = await runCliHere(['status', '--lake', lake, '--json']);
    expect(exitCode).toBe(1);
    expect(JSON.parse(out).error.message).toContain('manifests/batch/gone.json');
  });
});

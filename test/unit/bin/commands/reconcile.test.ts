import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileObjectStore } from '../../../../lambdas/shared/adapters/local/file-object-store.ts';
import { ordersCsv } from '../../../support/batch-runs.ts';
import { aRecord, T0, WINDOW_MS } from '../../../support/lake-records.ts';
import { ALL_FINAL_MS, inOrder, reportOf } from '../../../support/reconcile-runs.ts';
import { runCliHere } from '../../../support/run-cli.ts';
import { publishEpochs } from '../../../support/stream-lake.ts';

const NOT_JOINED = { customer: [null, null, null, null], product: [null, null, null, null] };
const order = (orderId: string, rest: Parameters<typeof aRecord>[1] = {}) =>
  aRecord(orderId, { ...NOT_JOINED, source: 'orders/shardId-0', ...rest });

const LINES = [
  'o1,c1,p1,2026-01-05T00:00:00,2,1.50,done',
  'o2,c1,p1,2026-01-05T00:00:00,2,1.50,Completed',
  'o2,c1,p1,2026-01-05T00:05:00,1,1.50,done',
  'o3,c1,p1,2026-01-05T00:10:00Z,2,1.50,canceled',
  'o4,c1,p1,2026-01-05 00:00:00,3,1.5,done',
];

const STREAM = inOrder(
  order('o1'),
  order('o2'),
  order('o2', { timeMs: T0 + 5 * 60_000, quantity: 1 }),
  order('o3', { timeMs: T0 + WINDOW_MS, outcome: 'cancelled' }),
  order('o4', { quantity: 3, outcome: 'late' }),
);

describe('reconcile', () => {
  let root: string;
  let lakeDir: string;
  const tidied = (text: string) =>
    text.replaceAll(root, 'ROOT').replace(/\d{8}T\d{6}Z-[0-9a-f]{8}/g, 'RUN');
  const run = async (...args: string[]) => {
    const { exitCode, out, err } = await runCliHere(['reconcile', '--lake', lakeDir, ...args]);
    return { exitCode, out: tidied(out), err: tidied(err) };
  };

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'tandem-reconcile-'));
    lakeDir = join(root, 'lake');
    mkdirSync(join(root, 'orders'));
    writeFileSync(join(root, 'orders/a.csv'), ordersCsv(LINES));
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it('fails when a side was not published, and says how it is', async () => {
    const neither = await run();
    expect(neither.exitCode).toBe(1);
    expect(neither.err).toBe(
      'tandem: the lake holds no batch run; publish one: npx tandem batch; ' +
        'the lake holds no stream epoch; publish one: npx tandem stream --until-idle --drain (nothing_published)\n',
    );

    await runCliHere(['batch', '--landing', root, '--lake', lakeDir]);
    const noStream = await run('--consumer', 'other', '--json');
    expect([noStream.exitCode, JSON.parse(noStream.out)]).toEqual([
      1,
      {
        error: {
          code: 'nothing_published',
          message:
            'the lake holds no stream epoch of consumer other; ' +
            'publish one: npx tandem stream --until-idle --drain --consumer other',
        },
      },
    ]);
  });

  it('agrees where every difference has its reason', async () => {
    const lake = new FileObjectStore(lakeDir);
    await publishEpochs(lake, [{ records: STREAM, watermarkMs: ALL_FINAL_MS }]);

    const { exitCode, out, err } = await run('--json');

    expect([exitCode, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toEqual({
      agree: true,
      classes: {
        late_in_stream: 1,
        duplicate_beyond_horizon: 1,
        different_first: 0,
        status_changed: 0,
        dimension_changed: 0,
        not_in_stream: 0,
        not_in_batch: 0,
        window_not_final: 0,
        unexplained: 0,
      },
      batch_revenue: '10.50',
      stream_revenue: '7.50',
      explained_cents: 300,
      unexplained: 0,
      differences: 'reports/reconcile/RUN-00000001.parquet',
    });
  });

  it('prints totals, classes, the records behind each difference and the verdict', async () => {
    const { exitCode, out } = await run();

    expect(exitCode).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "batch run RUN against stream epoch 1; windows up to 2027-01-05T00:00:00.000Z are final in the stream

                    batch  stream  difference
      ───           ─────  ──────  ──────────
      records read      5       5           0
      active            3       3           0
      cancelled         1       1           0
      duplicate         1       0           1
      late              0       1          -1
      quarantined       0       0           0
      revenue       10.50    7.50        3.00

      difference                found  revenue  meaning
      ──────────                ─────  ───────  ───────
      late_in_stream                1     4.50  arrived in the stream after its window was closed; batch counts it
      duplicate_beyond_horizon      1    -1.50  copy sent after stream.dedupeHorizon; the stream counts it again

      late_in_stream, 1: arrived in the stream after its window was closed; batch counts it
      order id  side    outcome  customer  product  event time                quantity  price  status     adds to difference  position             note
      ────────  ────    ───────  ────────  ───────  ──────────                ────────  ─────  ──────     ──────────────────  ────────             ────
      o4        batch   active   c1        p1       2026-01-05T00:00:00.000Z         3   1.50  completed                4.50  orders/a.csv @244
                stream  late     c1        p1       2026-01-05T00:00:00.000Z         3   1.50  completed                      orders/shardId-0 #5

      duplicate_beyond_horizon, 1: copy sent after stream.dedupeHorizon; the stream counts it again
      order id  side    outcome    customer  product  event time                quantity  price  status     adds to difference  position             note
      ────────  ────    ───────    ────────  ───────  ──────────                ────────  ─────  ──────     ──────────────────  ────────             ────
      o2        batch   active     c1        p1       2026-01-05T00:00:00.000Z         2   1.50  completed                3.00  orders/a.csv @111
                batch   duplicate  c1        p1       2026-01-05T00:05:00.000Z         1   1.50  completed                      orders/a.csv @157
                stream  active     c1        p1       2026-01-05T00:00:00.000Z         2   1.50  completed               -3.00  orders/shardId-0 #2
                stream  active     c1        p1       2026-01-05T00:05:00.000Z         1   1.50  completed               -1.50  orders/shardId-0 #3

      batch and stream agree; explained difference in revenue: 3.00
      all differences (6 rows): ROOT/lake/reports/reconcile/RUN-00000001.parquet
      "
    `);
  });

  it('prints as many differences as it is told to', async () => {
    expect((await run('--limit', '1')).out).not.toContain('orders/a.csv @111');
    expect((await run('--limit', '0')).out).not.toContain('order id');
    expect((await run('--limit', '-1')).exitCode).toBe(2);
  });

  it('exits with 1 where an order is missing, unless that is allowed', async () => {
    const lake = new FileObjectStore(lakeDir);
    const records = STREAM.filter(({ orderId }) => orderId !== 'o1');
    const epochs = [{ records, watermarkMs: T0 + WINDOW_MS }];
    await publishEpochs(lake, epochs, { consumer: 'second' });

    const strict = await run('--consumer', 'second');
    const forgiving = await run('--consumer', 'second', '--allow-missing', '--json');

    expect(strict.exitCode).toBe(1);
    expect(strict.out).toContain(
      'batch and stream do NOT agree: 1 order id is missing on one side ' +
        '(--allow-missing accepts that); explained difference in revenue: 6.00\n',
    );
    expect(forgiving.exitCode).toBe(0);
    const { differences } = JSON.parse(forgiving.out);
    expect(differences).toBe('consumers/second/reports/reconcile/RUN-00000001.parquet');
  });

  it('shows which joined value another customer or product brought', async () => {
    const lake = new FileObjectStore(lakeDir);
    const records = STREAM.map((record) =>
      record.orderId === 'o1' ? { ...record, product: ['Tea', null, null, 150] } : record,
    );
    await publishEpochs(lake, [{ records, watermarkMs: null }], { consumer: 'third' });

    const { exitCode, out } = await run('--consumer', 'third');

    expect(exitCode).toBe(0);
    expect(out).toContain('product_name ∅, list_price ∅\n');
    expect(out).toContain('product_name "Tea", list_price 1.50\n');
    expect(out).toContain('window_not_final');
  });

  it('names the fields in which an unexplained order differs, in text and in the report', async () => {
    const lake = new FileObjectStore(lakeDir);
    const records = STREAM.map((record) =>
      record.orderId === 'o1' ? { ...record, priceCents: 200, status: 'pending' } : record,
    );
    await publishEpochs(lake, [{ records, watermarkMs: null }], { consumer: 'fourth' });

    const { exitCode, out } = await run('--consumer', 'fourth');
    const { differences } = JSON.parse(
      (await runCliHere(['reconcile', '--lake', lakeDir, '--consumer', 'fourth', '--json'])).out,
    );
    const rows = await reportOf(lake, differences);

    const differs =
      'price: 1.50 in batch, 2.00 in the stream; status: completed in batch, pending in the stream';
    expect(exitCode).toBe(1);
    expect(out).toContain(differs);
    expect(rows.filter((row) => row.order_id === 'o1').map((row) => row.differs)).toEqual([
      differs,
      differs,
    ]);
  });

  it('says from when on both sides can be compared, and compares that', async () => {
    const lake = new FileObjectStore(lakeDir);
    const records = inOrder(order('o3', { timeMs: T0 + WINDOW_MS, outcome: 'cancelled' }));
    const epochs = [{ records, watermarkMs: ALL_FINAL_MS }];
    await publishEpochs(lake, epochs, { consumer: 'fifth' });

    const all = await run('--consumer', 'fifth');
    const since = ['--consumer', 'fifth', '--since', '2026-01-05T00:10:00Z'];
    const both = await run(...since);
    const json = await run(...since, '--json');
    const file = join(root, 'since.yaml');
    writeFileSync(file, 'reconcile:\n  since: 2026-01-05T00:10:00.000Z\n');
    const configured = await run('--consumer', 'fifth', '--config', file, '--json');
    const inverted = await run('--since', '2026-01-06T00:00:00', '--until', '2026-01-05T00:00:00');

    expect(all.exitCode).toBe(1);
    expect(all.out).toContain(
      'the oldest order of the stream is of 2026-01-05T00:10:00.000Z, that of ' +
        'batch of 2026-01-05T00:00:00.000Z; to compare the period that both cover: ' +
        '--since 2026-01-05T00:10:00.000Z (reconcile.since of the config)\n',
    );
    expect(both.exitCode).toBe(0);
    expect(both.out).toContain('only orders with an event time from 2026-01-05T00:10:00.000Z\n');
    expect(JSON.parse(json.out)).toMatchObject({
      since: '2026-01-05T00:10:00.000Z',
      agree: true,
      batch_revenue: '0.00',
    });
    expect(JSON.parse(configured.out)).toEqual(JSON.parse(json.out));
    expect(inverted.exitCode).toBe(2);
    expect(inverted.err).toBe(
      'tandem: --until 2026-01-05T00:00:00.000Z is not after --since 2026-01-06T00:00:00.000Z (usage)\n',
    );
  });

  it('leaves a report that other tools can read, and nothing else', async () => {
    const lake = new FileObjectStore(lakeDir);
    const { differences } = JSON.parse(
      (await runCliHere(['reconcile', '--lake', lakeDir, '--json'])).out,
    );
    const rows = await reportOf(lake, differences);
    expect(rows.map(({ class: name, order_id, side }) => [name, order_id, side])).toEqual([
      ['late_in_stream', 'o4', 'batch'],
      ['late_in_stream', 'o4', 'stream'],
      ['duplicate_beyond_horizon', 'o2', 'batch'],
      ['duplicate_beyond_horizon', 'o2', 'batch'],
      ['duplicate_beyond_horizon', 'o2', 'stream'],
      ['duplicate_beyond_horizon', 'o2', 'stream'],
    ]);
    const work: string[] = [];
    for await (const { key } of lake.list('work/')) work.push(key);
    expect(work).toEqual([]);
  });
});

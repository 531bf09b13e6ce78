import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCliHere } from '../../support/run-cli.ts';

const HEADER = 'order_id,customer_id,product_id,order_timestamp,quantity,price,status\n';
const ORDERS = `${HEADER}o1,c1,p1,2026-01-01 10:00:00,2,9.99,completed
o2,c2,p2,2026-01-01 11:00:00,1,100.00,done
o3,c1,p1,2026-01-01 11:00:00,1,9.99,cancelled
o2,c2,p2,2026-01-01 11:00:30,1,100.00,done
,c1,p1,2026-01-01 10:00:00,-1,9.99,completed
`;
/** Its arrival caps the watermark, so its window lies ahead of all others. */
const AHEAD = `${HEADER}far,c1,p1,2190-01-01 10:00:00,1,5.00,completed\n`;

let dir: string;
let folders: string[];
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tandem-stream-'));
  mkdirSync(join(dir, 'landing', 'products'), { recursive: true });
  const products =
    'product_id,product_name,category,brand,list_price\np1,Kettle,Kitchen,Alder,10\n';
  writeFileSync(join(dir, 'landing', 'products', 'p.csv'), products);
  writeFileSync(join(dir, 'a.csv'), ORDERS);
  writeFileSync(join(dir, 'ahead.csv'), AHEAD);
});
afterAll(() => rmSync(dir, { recursive: true }));

/** Each with its own stream and lake. */
function world(name: string) {
  folders = [
    ...['--stream', join(dir, name, 'stream')],
    ...['--landing', join(dir, 'landing')],
    ...['--lake', join(dir, name, 'lake')],
  ];
  const [stream, lake] = [folders.slice(0, 2), folders.slice(4)];
  return { folders, stream, lake, sight: [...stream, ...lake] };
}

const run = (...args: string[]) => runCliHere(args);
const json = async (...args: string[]) => {
  const { exitCode, out, err } = await runCliHere([...args, '--json']);
  return { exitCode, err, result: JSON.parse(out) };
};

describe('produce', () => {
  it('says what it sent, shard by shard, with --json', async () => {
    const { stream } = world('produce-json');

    const { exitCode, result } = await json('produce', join(dir, 'a.csv'), ...stream);

    expect(exitCode).toBe(0);
    expect(result).toEqual({
      stream: stream[1],
      shards: 2,
      records: 5,
      bytes: expect.any(Number),
      requests: 4,
      records_by_shard: expect.any(Object),
      files: [{ file: join(dir, 'a.csv'), records: 5 }],
      skipped_records: 0,
      skipped: [],
      duration_ms: expect.any(Number),
    });
  });

  it('goes on with an existing stream, and fails when another shard count is asked for', async () => {
    const { stream } = world('produce-shards');
    await run('produce', join(dir, 'a.csv'), ...stream, '--shards', '3');

    const again = await json('produce', join(dir, 'a.csv'), ...stream);
    const other = await json('produce', join(dir, 'a.csv'), ...stream, '--shards', '2');

    expect([again.exitCode, again.result.shards]).toEqual([0, 3]);
    expect([other.exitCode, other.result.error.code]).toEqual([1, 'shard_count_differs']);
  });

  it('fails before it makes anything when a file cannot be read', async () => {
    const { stream } = world('produce-rejected');
    writeFileSync(join(dir, 'bad.csv'), 'order_id\n1\n');

    const bad = await json('produce', join(dir, 'a.csv'), join(dir, 'bad.csv'), ...stream);
    const none = await json('produce', join(dir, 'none.csv'), ...stream);

    expect([bad.exitCode, bad.result.error.code]).toEqual([1, 'file_rejected']);
    expect([none.exitCode, none.result.error.code]).toEqual([1, 'file_not_found']);
    expect(existsSync(stream[1])).toBe(false);
  });

  it('exits with 1 and lists records over 1 MiB', async () => {
    const { stream } = world('produce-long');
    writeFileSync(join(dir, 'long.ndjson'), `{"a":"${'x'.repeat(2 ** 20)}"}\n{"order_id":"a"}\n`);

    const { exitCode, out } = await run('produce', join(dir, 'long.ndjson'), ...stream);

    expect(exitCode).toBe(1);
    expect(out).toContain('1 records (16 B) were sent');
    expect(out).toMatch(/long\.ndjson +0 +over 1 MiB\n/);
  });

  it('ends with 130 when it is interrupted, and says how many were sent', async () => {
    const { stream } = world('produce-interrupted');
    const controller = new AbortController();
    const rows = Array.from(
      { length: 5_000 },
      (_, i) => `o${i},c1,p1,2026-01-01 10:00:00,1,1,done`,
    );
    writeFileSync(join(dir, 'many.csv'), HEADER + rows.join('\n'));
    const args = ['produce', join(dir, 'many.csv'), ...stream, '--rate', '500'];

    const interrupted = runCliHere(args, controller.signal);
    await new Promise((resolve) => setTimeout(resolve, 400));
    controller.abort();
    const { exitCode, err } = await interrupted;

    expect(exitCode).toBe(130);
    expect(err).toMatch(/^tandem: interrupted; [1-9]\d* records \(.*\) were sent\n$/);
  });
});

describe('stream', () => {
  it('ends at the tips, prints the object of the contract and leaves windows open', async () => {
    const { stream, lake, folders: all } = world('stream-idle');
    await run('produce', join(dir, 'a.csv'), ...stream);

    const { exitCode, result } = await json('stream', ...all, '--until-idle');
    const windows = await json('show', 'window_revenue', '--of', 'stream', ...lake);

    expect(exitCode).toBe(0);
    expect(result).toEqual({
      epoch: 1,
      manifest: 'manifests/stream/00000001.json',
      counts: { read: 5, active: 2, cancelled: 1, quarantined: 1, duplicate: 1, late: 0 },
      watermark: '2026-01-01T09:30:00.000Z',
      revenue: '119.98',
    });
    expect(windows.result.rows).toEqual([]);
  });

  it('has null for what was not published', async () => {
    const { stream, folders: all } = world('stream-empty');
    writeFileSync(join(dir, 'empty.ndjson'), '');
    await run('produce', join(dir, 'empty.ndjson'), ...stream);

    const { exitCode, result } = await json('stream', ...all, '--drain');

    expect(exitCode).toBe(0);
    expect(result).toEqual({
      epoch: null,
      manifest: null,
      counts: { read: 0, active: 0, cancelled: 0, quarantined: 0, duplicate: 0, late: 0 },
      watermark: null,
      revenue: '0.00',
    });
  });

  it('makes windows final with --drain, and what it says is text for people', async () => {
    const { stream, lake, folders: all } = world('stream-drain');
    await run('produce', join(dir, 'a.csv'), ...stream, '--shards', '3');

    const { exitCode, out, err } = await run('stream', ...all, '--drain');
    const windows = await json('show', 'window_revenue', '--of', 'stream', ...lake);

    expect(exitCode).toBe(0);
    expect(err).toContain('epoch 1: 5 read, 2 active, 1 cancelled');
    expect(out).toContain('watermark 2026-01-01 11:10:00Z, 2 cells final, 0 windows open');
    expect(out).toContain('revenue of active orders: 119.98\n');
    expect(windows.result.rows).toHaveLength(2);
  });

  it('ends cleanly with 0 when it is interrupted, after a last epoch', async () => {
    const { stream, folders: all } = world('stream-interrupted');
    await run('produce', join(dir, 'a.csv'), ...stream);
    const controller = new AbortController();

    const interrupted = runCliHere(['stream', ...all, '--json'], controller.signal);
    await new Promise((resolve) => setTimeout(resolve, 500));
    controller.abort();
    const { exitCode, out } = await interrupted;

    expect(exitCode).toBe(0);
    expect(JSON.parse(out).counts.read).toBe(5);
  });

  it('fails where there is no stream, and says what to run', async () => {
    const { folders: all } = world('stream-none');
    const { exitCode, result } = await json('stream', ...all);
    expect([exitCode, result.error.code]).toEqual([1, 'stream_not_found']);
    expect(result.error.message).toContain('run: npx tandem produce FILE');
  });

  it('refuses to go on with other times than it began with', async () => {
    const { stream, folders: all } = world('stream-differs');
    await run('produce', join(dir, 'a.csv'), ...stream);
    await run('stream', ...all, '--until-idle');
    const config = join(dir, 'other.yaml');
    writeFileSync(config, 'stream:\n  watermarkDelay: 10m\n');

    const { exitCode, result } = await json('stream', ...all, '--until-idle', '--config', config);

    expect([exitCode, result.error.code]).toEqual([1, 'stream_differs']);
  });

  it('keeps consumers apart', async () => {
    const { stream, lake, folders: all } = world('stream-consumers');
    await run('produce', join(dir, 'a.csv'), ...stream);
    await run('stream', ...all, '--until-idle');

    const audit = await json('stream', ...all, '--drain', '--consumer', 'audit');
    const files = await run(
      ...['show', 'daily_revenue', '--of', 'stream', '--files', '--consumer', 'audit'],
      ...lake,
    );
    const none = await json('show', 'orders', '--of', 'stream', '--consumer', 'x', ...lake);

    expect(audit.result.manifest).toBe('consumers/audit/manifests/stream/00000002.json');
    expect(files.out).toContain(
      '/lake/consumers/audit/tables/stream/daily_revenue/epoch=00000002/',
    );
    expect(none.result.error.message).toContain('no stream publication of consumer x');
  });
});

describe('show --of stream', () => {
  it('has the rows of all epochs, the oldest first, and their files', async () => {
    const { stream, lake, folders: all } = world('show');
    await run('produce', join(dir, 'a.csv'), ...stream, '--shards', '1');
    await run('stream', ...all, '--until-idle');
    writeFileSync(
      join(dir, 'b.csv'),
      `${HEADER}o4,c1,p1,2026-01-01 11:01:00,2,9.99,completed\nold,c1,p1,2026-01-01 09:00:00,2,9.99,done\n`,
    );
    await run('produce', join(dir, 'b.csv'), ...stream);
    await run('stream', ...all, '--until-idle');

    const orders = await json('show', 'orders', '--of', 'stream', ...lake);
    const late = await json('show', 'late', '--of', 'stream', ...lake);
    const files = await run('show', 'orders', '--of', 'stream', '--files', ...lake);

    const idsOf = (rows: { order_id: string }[]) => rows.map(({ order_id: id }) => id);
    expect(idsOf(orders.result.rows)).toEqual(['o1', 'o2', 'o4']);
    expect(idsOf(late.result.rows)).toEqual(['old']);
    expect(late.result.rows[0].watermark).toBe('2026-01-01T10:31:00.000Z');
    expect(files.out.match(/epoch=\d+/g)).toEqual(['epoch=00000001', 'epoch=00000002']);
  });
});

describe('drain', () => {
  it('makes windows final, and changes nothing the second time', async () => {
    const { stream, folders: all } = world('drain');
    await run('produce', join(dir, 'a.csv'), ...stream);

    const first = await json('drain', ...all);
    const second = await json('drain', ...all);

    expect(first.exitCode).toBe(0);
    expect(first.result).toEqual({
      epoch: 1,
      manifest: 'manifests/stream/00000001.json',
      counts: { read: 5, active: 2, cancelled: 1, quarantined: 1, duplicate: 1, late: 0 },
      watermark: '2026-01-01T11:10:00.000Z',
      revenue: '119.98',
      drained_to: '2026-01-01T11:10:00.000Z',
    });
    expect(second.result).toEqual(first.result);
  });

  it('leaves windows ahead open until --all is confirmed', async () => {
    const { stream, sight, folders: all } = world('drain-all');
    await run('produce', join(dir, 'a.csv'), join(dir, 'ahead.csv'), ...stream);
    await run('drain', ...all);
    const args = ['drain', '--all', ...all];

    const before = await json('status', ...sight);
    const unasked = await json(...args);
    const refused = await runCliHere(args, undefined, 'no');
    const between = await json('status', ...sight);
    const confirmed = await runCliHere([...args, '--json'], undefined, 'yes');
    const after = await json('status', ...sight);

    expect(before.result.stream.windows_ahead).toEqual([
      { window_start: '2190-01-01T10:00:00.000Z', orders: 1 },
    ]);
    expect([unasked.exitCode, unasked.result.error.code]).toEqual([1, 'confirmation_needed']);
    expect(unasked.result.error.message).toContain('or with --yes');
    expect(refused.exitCode).toBe(1);
    expect(refused.err).toContain('1 order lies ahead of ');
    expect(refused.err).toContain(': far\nThe last one is of 2190-01-01 10:00:00Z.');
    expect(between.result.stream.windows_ahead).toHaveLength(1);
    expect(JSON.parse(confirmed.out).watermark).toBe('2190-01-01T10:10:00.000Z');
    expect(after.result.stream.windows_ahead).toEqual([]);
  });

  it('does not ask with --yes, nor where nothing lies ahead', async () => {
    const { stream, folders: all } = world('drain-yes');
    await run('produce', join(dir, 'a.csv'), ...stream);

    const nothingAhead = await runCliHere(['drain', '--all', ...all], undefined, 'no');
    await run('produce', join(dir, 'ahead.csv'), ...stream);
    const { exitCode, result } = await json('drain', '--all', '--yes', ...all);

    expect(nothingAhead.exitCode).toBe(0);
    expect([exitCode, result.drained_to]).toEqual([0, '2190-01-01T10:10:00.000Z']);
  });
});

describe('status of a stream', () => {
  it('shows what is unread before anybody consumes it', async () => {
    const { stream, sight } = world('status-new');
    await run('produce', join(dir, 'a.csv'), ...stream, '--shards', '1');

    const { exitCode, result } = await json('status', ...sight);
    const { out } = await run('status', ...sight);

    expect(exitCode).toBe(0);
    expect(result.batch).toBeNull();
    expect(result.stream).toMatchObject({ exists: true, begun: false, epoch: null, planned: null });
    expect(result.stream.shards[0]).toMatchObject({
      shard: 'shardId-000000000000',
      state: 'new',
      checkpoint: null,
      unread_records: 5,
    });
    expect(out).toContain('nobody has begun to consume it; run: npx tandem stream\n');
    expect(existsSync(join(sight[3], 'state'))).toBe(false);
  });

  it('shows shards, what holds the watermark back, and records with other keys', async () => {
    const { stream, sight, folders: all } = world('status');
    await run('produce', join(dir, 'a.csv'), ...stream, '--shards', '2');
    await run('stream', ...all, '--until-idle');
    await run('produce', join(dir, 'ahead.csv'), ...stream);

    const { result } = await json('status', ...sight);
    const { out } = await run('status', ...sight);

    expect(result.stream).toMatchObject({
      name: 'orders',
      consumer: 'default',
      begun: true,
      differences: [],
      epoch: 1,
      manifest: 'manifests/stream/00000001.json',
      revenue: '119.98',
      gaps: [],
      other_partition_keys: 0,
      open_windows: 2,
      end: '2026-01-01T11:10:00.000Z',
    });
    const states = result.stream.shards.map((shard: { state: string }) => shard.state);
    expect(states.sort()).toEqual(['active', 'behind']);
    const unread = result.stream.shards.map(
      (shard: { unread_records: number }) => shard.unread_records,
    );
    expect(unread.reduce((sum: number, records: number) => sum + records, 0)).toBe(1);
    expect(out).toContain('outcome      published  consumed\n');
    expect(out).toMatch(/held back by shardId-\d+ \(silent for \d+ s, idle after 60 s\)\n/);
  });

  it('shows the state where the stream is gone', async () => {
    const { stream, lake, folders: all } = world('status-gone');
    await run('produce', join(dir, 'a.csv'), ...stream, '--shards', '1');
    await run('stream', ...all, '--drain');

    const { result } = await json('status', '--stream', join(dir, 'nowhere'), ...lake);

    expect(result.stream).toMatchObject({ exists: false, begun: true, epoch: 2 });
    expect(result.stream.shards[0]).toMatchObject({ state: 'unknown', unread_records: null });
  });
});

import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../support/eventually.ts';
import { runCliHere } from '../../../support/run-cli.ts';
import { json, ORDERS_HEADER, run, StreamFolders } from '../../../support/stream-folders.ts';

let folders: StreamFolders;
beforeAll(() => {
  folders = new StreamFolders();
});
afterAll(() => folders.remove());

describe('stream', () => {
  it('ends at the tips, prints the object of the contract and leaves windows open', async () => {
    const { stream, lake, all } = folders.world('stream-idle');
    await run('produce', folders.pathOf('a.csv'), ...stream);

    const { exitCode, result } = await json('stream', ...all, '--until-idle');
    const windows = await json('show', 'window_revenue', '--of', 'stream', ...lake);

    expect(exitCode).toBe(0);
    expect(result).toEqual({
      epoch: 1,
      manifest: 'manifests/stream/00000001.json',
      counts: { read: 5, active: 2, cancelled: 1, quarantined: 1, duplicate: 1, late: 0 },
      watermark: '2026-01-01T09:30:00.000Z',
      revenue: '119.98',
      warnings: [
        {
          code: 'join_misses',
          count: 1,
          example: expect.stringMatching(/^product_id p2 of orders\/shardId-\d+ \d+$/),
          hint: expect.stringContaining('compare the spelling of the ids'),
        },
      ],
    });
    expect(windows.result.rows).toEqual([]);
  });

  it('has null for what was not published', async () => {
    const { stream, all } = folders.world('stream-empty');
    folders.write('empty.csv', ORDERS_HEADER);
    await run('produce', folders.pathOf('empty.csv'), ...stream);

    const { exitCode, result } = await json('stream', ...all, '--drain');

    expect(exitCode).toBe(0);
    expect(result).toEqual({
      epoch: null,
      manifest: null,
      counts: { read: 0, active: 0, cancelled: 0, quarantined: 0, duplicate: 0, late: 0 },
      watermark: null,
      revenue: '0.00',
      warnings: [],
    });
  });

  it('fails when the landing folder that is named is not there, and names it', async () => {
    const { stream, lake } = folders.world('stream-typo');
    await run('produce', folders.pathOf('a.csv'), ...stream);
    const typo = folders.pathOf('TYPO');

    for (const command of ['stream', 'drain']) {
      const { exitCode, result } = await json(command, ...stream, ...lake, '--landing', typo);

      expect(exitCode).toBe(1);
      expect(result.error.code).toBe('landing_not_found');
      expect(result.error.message).toContain(`landing folder ${typo} does not exist`);
    }
    const file = folders.pathOf('a.csv');
    const { result } = await json('stream', ...stream, ...lake, '--landing', file);
    expect(result.error.message).toContain(`${file} is not a folder`);
  });

  it('does without the default landing folder, and says so', async () => {
    const { stream, lake } = folders.world('stream-no-landing');
    await run('produce', folders.pathOf('a.csv'), ...stream);
    const config = folders.pathOf('no-landing.yaml');
    writeFileSync(config, `paths: {landing: ${folders.pathOf('nowhere')}}\n`);

    const { exitCode, err } = await run(
      'stream',
      ...[...stream, ...lake, '--config', config, '--until-idle'],
    );

    expect(exitCode).toBe(0);
    expect(err).toContain(`tandem: note: landing folder ${folders.pathOf('nowhere')} does`);
  });

  it('makes windows final with --drain, and what it says is text for people', async () => {
    const { stream, lake, all } = folders.world('stream-drain');
    await run('produce', folders.pathOf('a.csv'), ...stream, '--shards', '3');

    const { exitCode, out, err } = await run('stream', ...all, '--drain');
    const windows = await json('show', 'window_revenue', '--of', 'stream', ...lake);

    expect(exitCode).toBe(0);
    expect(err).toContain('tandem: warning: 1 active order has no customer or product');
    expect(err).toContain('epoch 1: 5 read, 2 active, 1 cancelled');
    expect(out).toContain('watermark 2026-01-01 11:10:00Z, 2 cells final, 0 windows open');
    expect(out).toContain('revenue of active orders: 119.98\n');
    expect(windows.result.rows).toHaveLength(2);
  });

  it('ends cleanly with 0 when it is interrupted, after a last epoch', async () => {
    const { stream, sight, all } = folders.world('stream-interrupted');
    await run('produce', folders.pathOf('a.csv'), ...stream);
    const controller = new AbortController();

    const interrupted = runCliHere(['stream', ...all, '--json'], controller.signal);
    await eventually(async () => {
      const { result } = await json('status', ...sight);
      return result.stream.shards.every((shard: { unread_records: number }) => {
        return shard.unread_records === 0;
      });
    });
    controller.abort();
    const { exitCode, out } = await interrupted;

    expect(exitCode).toBe(0);
    expect(JSON.parse(out).counts.read).toBe(5);
  });

  it('fails where there is no stream, and says what to run', async () => {
    const { all } = folders.world('stream-none');
    const { exitCode, result } = await json('stream', ...all);
    expect([exitCode, result.error.code]).toEqual([1, 'stream_not_found']);
    expect(result.error.message).toContain('run: npx tandem produce FILE');
  });

  it('refuses to go on with other times than it began with', async () => {
    const { stream, all } = folders.world('stream-differs');
    await run('produce', folders.pathOf('a.csv'), ...stream);
    await run('stream', ...all, '--until-idle');
    const config = folders.pathOf('other.yaml');
    writeFileSync(config, 'stream:\n  watermarkDelay: 10m\n');

    const { exitCode, result } = await json('stream', ...all, '--until-idle', '--config', config);

    expect([exitCode, result.error.code]).toEqual([1, 'stream_differs']);
  });

  it('keeps consumers apart', async () => {
    const { stream, lake, all } = folders.world('stream-consumers');
    await run('produce', folders.pathOf('a.csv'), ...stream);
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
    const { stream, lake, all } = folders.world('show');
    await run('produce', folders.pathOf('a.csv'), ...stream, '--shards', '1');
    await run('stream', ...all, '--until-idle');
    folders.write(
      'b.csv',
      `${ORDERS_HEADER}o4,c1,p1,2026-01-01 11:01:00,2,9.99,completed\nold,c1,p1,2026-01-01 09:00:00,2,9.99,done\n`,
    );
    await run('produce', folders.pathOf('b.csv'), ...stream);
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

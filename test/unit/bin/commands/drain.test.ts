import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCliHere } from '../../../support/run-cli.ts';
import { json, run, StreamFolders } from '../../../support/stream-folders.ts';

let folders: StreamFolders;
beforeAll(() => {
  folders = new StreamFolders();
});
afterAll(() => folders.remove());

describe('drain', () => {
  it('makes windows final, and changes nothing the second time', async () => {
    const { stream, all } = folders.world('drain');
    await run('produce', folders.pathOf('a.csv'), ...stream);

    const first = await json('drain', ...all);
    const second = await json('drain', ...all);

    expect(first.exitCode).toBe(0);
    expect(first.result).toEqual({
      epoch: 1,
      manifest: 'manifests/stream/00000001.json',
      counts: { read: 5, active: 2, cancelled: 1, quarantined: 1, duplicate: 1, late: 0 },
      watermark: '2026-01-01T11:10:00.000Z',
      revenue: '119.98',
      warnings: [expect.objectContaining({ code: 'join_misses', count: 1 })],
      drained_to: '2026-01-01T11:10:00.000Z',
    });
    expect(second.result).toEqual(first.result);
  });

  it('leaves windows ahead open until --all is confirmed', async () => {
    const { stream, sight, all } = folders.world('drain-all');
    await run('produce', folders.pathOf('a.csv'), folders.pathOf('ahead.csv'), ...stream);
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
    expect(unasked.result.error.message).toContain('or add --yes');
    expect(refused.exitCode).toBe(1);
    expect(refused.err).toContain('1 order is later than ');
    expect(refused.err).toContain(': far\nThe latest is of 2190-01-01 10:00:00Z.');
    expect(between.result.stream.windows_ahead).toHaveLength(1);
    expect(JSON.parse(confirmed.out).watermark).toBe('2190-01-01T10:10:00.000Z');
    expect(after.result.stream.windows_ahead).toEqual([]);
  });

  it('does not ask with --yes, nor where nothing lies ahead', async () => {
    const { stream, all } = folders.world('drain-yes');
    await run('produce', folders.pathOf('a.csv'), ...stream);

    const nothingAhead = await runCliHere(['drain', '--all', ...all], undefined, 'no');
    await run('produce', folders.pathOf('ahead.csv'), ...stream);
    const { exitCode, result } = await json('drain', '--all', '--yes', ...all);

    expect(nothingAhead.exitCode).toBe(0);
    expect([exitCode, result.drained_to]).toEqual([0, '2190-01-01T10:10:00.000Z']);
  });
});

describe('status of a stream', () => {
  it('shows what is unread before anybody consumes it', async () => {
    const { stream, sight } = folders.world('status-new');
    await run('produce', folders.pathOf('a.csv'), ...stream, '--shards', '1');

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
    expect(out).toContain('not consumed yet; run: npx tandem stream\n');
    expect(existsSync(join(sight[3], 'state'))).toBe(false);
  });

  it('shows shards, what holds the watermark back, and records with other keys', async () => {
    const { stream, sight, all } = folders.world('status');
    await run('produce', folders.pathOf('a.csv'), ...stream, '--shards', '2');
    await run('stream', ...all, '--until-idle');
    await run('produce', folders.pathOf('ahead.csv'), ...stream);

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
    const { stream, lake, all } = folders.world('status-gone');
    await run('produce', folders.pathOf('a.csv'), ...stream, '--shards', '1');
    await run('stream', ...all, '--drain');

    const { result } = await json('status', '--stream', folders.pathOf('nowhere'), ...lake);

    expect(result.stream).toMatchObject({ exists: false, begun: true, epoch: 2 });
    expect(result.stream.shards[0]).toMatchObject({ state: 'unknown', unread_records: null });
  });
});

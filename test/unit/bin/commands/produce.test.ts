import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../support/eventually.ts';
import { runCliHere } from '../../../support/run-cli.ts';
import { json, ORDERS_HEADER, run, StreamFolders } from '../../../support/stream-folders.ts';

let folders: StreamFolders;
beforeAll(() => {
  folders = new StreamFolders();
});
afterAll(() => folders.remove());

describe('produce', () => {
  it('says what it sent, shard by shard, with --json', async () => {
    const { stream } = folders.world('produce-json');

    const { exitCode, result } = await json('produce', folders.pathOf('a.csv'), ...stream);

    expect(exitCode).toBe(0);
    expect(result).toEqual({
      stream: stream[1],
      shards: 2,
      records: 5,
      bytes: expect.any(Number),
      requests: 4,
      records_by_shard: expect.any(Object),
      files: [{ file: folders.pathOf('a.csv'), records: 5 }],
      skipped_records: 0,
      skipped: [],
      duration_ms: expect.any(Number),
      warnings: [],
    });
  });

  it('goes on with an existing stream, and fails when another shard count is asked for', async () => {
    const { stream } = folders.world('produce-shards');
    await run('produce', folders.pathOf('a.csv'), ...stream, '--shards', '3');

    const again = await json('produce', folders.pathOf('a.csv'), ...stream);
    const other = await json('produce', folders.pathOf('a.csv'), ...stream, '--shards', '2');

    expect([again.exitCode, again.result.shards]).toEqual([0, 3]);
    expect([other.exitCode, other.result.error.code]).toEqual([1, 'shard_count_differs']);
  });

  it('fails before it makes anything when a file cannot be read', async () => {
    const { stream } = folders.world('produce-rejected');
    folders.write('bad.csv', 'order_id\n1\n');

    const bad = await json(
      'produce',
      folders.pathOf('a.csv'),
      folders.pathOf('bad.csv'),
      ...stream,
    );
    const none = await json('produce', folders.pathOf('none.csv'), ...stream);

    expect([bad.exitCode, bad.result.error.code]).toEqual([1, 'file_rejected']);
    expect([none.exitCode, none.result.error.code]).toEqual([1, 'file_not_found']);
    expect(existsSync(stream[1])).toBe(false);
  });

  it('exits with 1 and lists records over 1 MiB', async () => {
    const { stream } = folders.world('produce-long');
    folders.write('long.ndjson', `{"a":"${'x'.repeat(2 ** 20)}"}\n{"order_id":"a"}\n`);

    const { exitCode, out } = await run('produce', folders.pathOf('long.ndjson'), ...stream);

    expect(exitCode).toBe(1);
    expect(out).toContain('sent 1 record (16 B) to ');
    expect(out).toMatch(/long\.ndjson +0 +over 1 MiB\n/);
  });

  it('warns where a file goes back in time, and --sort sends it in order', async () => {
    const back = folders.world('produce-back');
    const sorted = folders.world('produce-sorted');
    const rows = Array.from({ length: 60 }, (_, i) => {
      const hour = String(23 - Math.floor(i / 3)).padStart(2, '0');
      return `o${i},c1,p1,2026-01-01 ${hour}:00:00,1,1,done`;
    });
    folders.write('newest-first.csv', ORDERS_HEADER + rows.join('\n'));
    const file = folders.pathOf('newest-first.csv');

    const warned = await run('produce', file, ...back.stream, '--json');
    const quiet = await run('produce', file, ...sorted.stream, '--sort', '--json');
    const late = await json('stream', ...sorted.stream, ...sorted.sight.slice(2), '--until-idle');

    const [warning] = JSON.parse(warned.out).warnings;
    expect(warning).toMatchObject({
      code: 'back_in_time',
      count: 57,
      example: `${file} @184: 2026-01-01T22:00:00.000Z comes after 2026-01-01T23:00:00.000Z`,
    });
    expect(warned.err).toMatch(/^tandem: warning: 57 records go back in time, .* with --sort\n$/);
    expect([warned.exitCode, quiet.exitCode, quiet.err]).toEqual([0, 0, '']);
    expect(JSON.parse(quiet.out)).toMatchObject({ records: 60, warnings: [] });
    expect(late.result.counts).toMatchObject({ active: 60, late: 0 });
  });

  it('says how many records were sent when it fails in the middle, and what to do', async () => {
    const { stream, sight } = folders.world('produce-fails');
    const rows = Array.from({ length: 200 }, (_, i) => `o${i},c1,p1,2026-01-01 10:00:00,1,1,done`);
    folders.write('first.csv', ORDERS_HEADER + rows.join('\n'));
    folders.write('second.csv', ORDERS_HEADER + rows.join('\n'));
    const files = [folders.pathOf('first.csv'), folders.pathOf('second.csv')];

    const failing = json('produce', ...files, ...stream, '--rate', '200');
    await eventually(async () => {
      const { result } = await json('status', ...sight);
      return result.stream !== null && result.stream.shards[0].unread_records > 0;
    });
    folders.write('second.csv', ORDERS_HEADER);
    const { exitCode, result } = await failing;

    expect([exitCode, result.error.code]).toEqual([1, 'input_changed']);
    expect(result.error.message).toMatch(
      /second[.]csv.*; sent [1-9]\d* records [(].*[)] before that; fix the cause and run the same /,
    );
  });

  it('ends with 130 when it is interrupted, and says how many were sent', async () => {
    const { stream, sight } = folders.world('produce-interrupted');
    const controller = new AbortController();
    const rows = Array.from(
      { length: 5_000 },
      (_, i) => `o${i},c1,p1,2026-01-01 10:00:00,1,1,done`,
    );
    folders.write('many.csv', ORDERS_HEADER + rows.join('\n'));
    const args = ['produce', folders.pathOf('many.csv'), ...stream, '--rate', '500'];

    const interrupted = runCliHere(args, controller.signal);
    await eventually(async () => {
      const { result } = await json('status', ...sight);
      return result.stream !== null && result.stream.shards[0].unread_records > 0;
    });
    controller.abort();
    const { exitCode, err } = await interrupted;

    expect(exitCode).toBe(130);
    expect(err).toMatch(/^tandem: interrupted; sent [1-9]\d* records \(.*\) \(interrupted\)\n$/);
  });
});

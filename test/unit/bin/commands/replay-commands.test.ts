import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCliHere } from '../../../support/run-cli.ts';

const ORDERS = `order_id,customer_id,product_id,order_timestamp,quantity,price,status
o1,c1,p1,2026-01-01 12:00:00,2,9.99,completed
o2,c2,p2,2026-01-01 11:00:00,1,100.00,done
o1,c1,p1,2026-01-01 12:00:00,2,9.99,completed
o3,c2,p2,2026-01-01 12:01:00,1,5.00,pending
`;

let dir: string;
let lake: string[];
let folders: string[];
/** One shard, drained: o2 comes after its window was over. */
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tandem-replay-'));
  mkdirSync(join(dir, 'landing'));
  const file = join(dir, 'a.csv');
  writeFileSync(file, ORDERS);
  const stream = ['--stream', join(dir, 'stream')];
  lake = ['--lake', join(dir, 'lake')];
  folders = [...stream, '--landing', join(dir, 'landing'), ...lake];
  await runCliHere(['produce', file, ...stream, '--shards', '1']);
  await runCliHere(['stream', '--drain', ...folders]);
});
afterAll(() => rmSync(dir, { recursive: true }));

const json = async (...args: string[]) => {
  const { exitCode, out } = await runCliHere([...args, '--json']);
  return { exitCode, result: JSON.parse(out) };
};

describe('replay', () => {
  it('fills a new consumer from the raw archive, with the same outcomes', async () => {
    const { exitCode, result } = await json('replay', '--consumer', 'copy', ...folders);

    expect(exitCode).toBe(0);
    expect(result).toMatchObject({
      epoch: 1,
      manifest: 'consumers/copy/manifests/stream/00000001.json',
      counts: { read: 4, active: 2, duplicate: 1, late: 1 },
      revenue: '24.98',
      consumer: 'copy',
      replayed_from_raw: 4,
    });
  });

  it('adds nothing the second time', async () => {
    await json('replay', '--consumer', 'again', ...folders);
    const { result } = await json('replay', '--consumer', 'again', ...folders);

    expect(result).toMatchObject({ epoch: 1, counts: { read: 4 }, replayed_from_raw: 0 });
  });

  it('takes from the stream what arrived since an instant', async () => {
    const since = (instant: string) => ['--since', instant];
    const all = await json(
      'replay',
      '--consumer',
      'all',
      ...since('2020-01-01T00:00:00Z'),
      ...folders,
    );
    const none = await json(
      'replay',
      '--consumer',
      'no',
      ...since('2199-01-01T00:00:00Z'),
      ...folders,
    );

    expect(all.result).toMatchObject({ counts: { read: 4 }, replayed_from_raw: null });
    expect(none.result).toMatchObject({ epoch: null, counts: { read: 0 } });
  });

  it('fails for the default consumer, and for an instant in the raw archive', async () => {
    const ofDefault = await json('replay', '--consumer', 'default', ...folders);
    const raw = ['--from', 'raw', '--since', '2026-01-01T00:00:00Z'];
    const ofInstant = await json('replay', '--consumer', 'x', ...raw, ...folders);

    expect([ofDefault.exitCode, ofInstant.exitCode]).toEqual([2, 2]);
    expect(ofInstant.result.error.message).toContain('--since needs --from stream');
  });
});

describe('redrive', () => {
  it('has nothing to do where nothing was given up', async () => {
    const { exitCode, result } = await json('redrive', ...folders.slice(0, 2), ...lake);

    expect(exitCode).toBe(0);
    expect(result).toEqual({ dry_run: false, redriven: 0, batches: [] });
  });

  it.each([
    ['--lost-calls'],
    ['--lost-calls', '--notifications', '--target', 'aws'],
    ['--lost-calls', '--lake', 'lake', '--target', 'aws'],
    ['--notifications'],
  ])('fails when queues are asked for by %s %s %s', async (...options) => {
    const { exitCode, result } = await json('redrive', ...options);
    expect([exitCode, result.error.code]).toEqual([2, 'usage']);
  });
});

describe('batch --from-raw', () => {
  it('counts what the stream had to take as late', async () => {
    const { exitCode, result } = await json('batch', '--from-raw', ...folders.slice(2));

    expect(exitCode).toBe(0);
    expect(result).toMatchObject({
      counts: { read: 4, active: 3, duplicate: 1, late: 0 },
      revenue: '124.98',
    });
  });
});

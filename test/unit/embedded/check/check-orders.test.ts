import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FileObjectStore } from '../../../../lambdas/shared/adapters/local/file-object-store.ts';
import { type CheckResult, checkOrders } from '../../../../lib/embedded/check/check-orders.ts';
import { withTemporaryFolder } from '../../../../lib/embedded/check/temporary-lake.ts';
import { configOf, ordersCsv } from '../../../support/batch-runs.ts';
import { orderLine } from '../../../support/small-landing.ts';

let root: string;
let temporary: string;
let landing: FileObjectStore;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tandem-check-orders-'));
  temporary = mkdtempSync(join(root, 'tmp-'));
  landing = new FileObjectStore(join(root, 'landing'));
  vi.stubEnv('TMPDIR', temporary);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

const check = (options: Partial<Parameters<typeof checkOrders>[0]> = {}): Promise<CheckResult> =>
  checkOrders({ landing, lake: null, config: configOf(), examples: 3, ...options }, (key) => key);
const leftIn = () => readdirSync(temporary);

describe('what a check leaves', () => {
  it.each(['plan', 'map', 'reduce', 'publish'])('is nothing when stopped in %s', async (stage) => {
    const records = Array.from({ length: 50 }, (_, index) => orderLine(`o${index}`));
    await landing.put('orders/a.csv', Buffer.from(ordersCsv([...records, 'bad'])));
    const controller = new AbortController();
    let foldersMeanwhile = 0;
    const stopped = check({
      signal: controller.signal,
      onProgress: (progress) => {
        if (progress.stage !== stage) return;
        foldersMeanwhile = leftIn().length;
        controller.abort(new Error('ctrl-C'));
      },
    });

    await expect(stopped).rejects.toThrow('ctrl-C');
    expect([foldersMeanwhile, leftIn()]).toEqual([1, []]);
  });

  it('is nothing after success and failure', async () => {
    await expect(check()).rejects.toThrow('no orders file');
    expect(leftIn()).toEqual([]);
    await landing.put('orders/a.csv', Buffer.from(ordersCsv([orderLine('o1')])));
    expect((await check()).counts.active).toBe(1);
    expect(leftIn()).toEqual([]);
  });

  it('is nothing where the process exits meanwhile', async () => {
    const before = process.listeners('exit');
    await withTemporaryFolder(async () => {
      expect(leftIn()).toHaveLength(1);
      const [onExit] = process.listeners('exit').filter((one) => !before.includes(one));
      onExit.call(process, 0);
      expect(leftIn()).toEqual([]);
    });
    expect(process.listeners('exit')).toEqual(before);
  });

  it('fails where there is no temporary folder', async () => {
    vi.stubEnv('TMPDIR', join(root, 'none'));
    await expect(check()).rejects.toMatchObject({ code: 'storage_error' });
  });
});

describe('what a check finds', () => {
  it('does not depend on how files are cut', async () => {
    const lines = Array.from({ length: 90 }, (_, index) =>
      index % 3 === 0 ? `o${index},c,p,x,1,1,done` : orderLine(`o${index}`),
    );
    await landing.put('orders/a.csv', Buffer.from(ordersCsv(lines)));
    const whole = await check({ examples: 50 });
    const cut = await check({ examples: 50, config: configOf({ batch: { chunkBytes: '500B' } }) });

    expect(whole.issues).toMatchObject([{ code: 'order_timestamp_invalid', count: 30 }]);
    expect(whole.issues[0].examples).toHaveLength(30);
    expect(cut).toEqual(whole);
  });

  it('is about the first thousand records of an issue, in order, of however many', async () => {
    const csvOf = (status: string) =>
      ordersCsv(Array.from({ length: 2_500 }, (_, i) => orderLine(`${i}`).replace('done', status)));
    await landing.put('orders/b.csv', Buffer.from(csvOf('last')));
    await landing.put('orders/a.csv', Buffer.from(csvOf('first')));
    const { issues } = await check({ examples: 100 });
    const { count, examples, suggestion } = issues[0];

    expect([count, suggestion?.text]).toEqual([5_000, expect.stringContaining('first (1000): ')]);
    expect(examples.map(({ source, line }) => `${source}:${line}`)).toEqual(
      Array.from({ length: 100 }, (_, i) => `orders/a.csv:${i + 2}`),
    );
  });
});

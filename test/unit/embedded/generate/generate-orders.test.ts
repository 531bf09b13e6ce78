import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../../../lambdas/shared/model/config.ts';
import {
  type GenerateOptions,
  generateOrders,
} from '../../../../lib/embedded/generate/generate-orders.ts';
import { MemoryObjectStore } from '../../../support/memory/memory-object-store.ts';

const options = (overrides: Partial<GenerateOptions> = {}): GenerateOptions => ({
  store: new MemoryObjectStore(),
  orders: 1_000,
  seed: 42,
  files: 1,
  isGzip: false,
  config: DEFAULT_CONFIG.generate,
  ...overrides,
});

const textOf = async (store: GenerateOptions['store'], key: string) =>
  Buffer.from(await store.get(key)).toString('utf8');

const keysOf = async (store: GenerateOptions['store']) => {
  const keys: string[] = [];
  for await (const { key } of store.list('')) keys.push(key);
  return keys;
};

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('generateOrders', () => {
  it('writes the same bytes for the same seed, on every machine', async () => {
    const { store } = options();
    const landing = await generateOrders(options({ store }));

    expect(await keysOf(store)).toEqual([
      '_generated.json',
      'customers/customers.csv',
      'orders/part-00001.csv',
      'products/products.csv',
    ]);
    const text = await textOf(store, 'orders/part-00001.csv');
    expect(text.split('\n').slice(0, 3)).toEqual([
      'order_id,customer_id,product_id,order_timestamp,quantity,price,status',
      'o1,c447,p8,2026-01-01 00:43:39,7,428.61,In Progress',
      'o2,c483,p27,2026-01-01 03:59:55,9,104.25,cancelled',
    ]);
    expect(sha256(text)).toBe('2def72d7667eb62f5b254320eb2c149de8b803ac644b6741f7e901ec50e24662');
    expect(sha256(await textOf(store, 'customers/customers.csv'))).toBe(
      '4002bbdf811fa605022ce8a0c99d893cc3a8e1d3bceafcd4cfb6f366bcb5a81e',
    );
    expect(sha256(await textOf(store, 'products/products.csv'))).toBe(
      '13da7301e0d1cd8d697a0169d097257728729c7b1a9dd583f80d0d9f57f5d2f7',
    );
    expect(landing).toMatchObject({ orders: 1_000, rows: text.split('\n').length - 2 });
  });

  it('writes other orders for another seed, also one that differs past 32 bits only', async () => {
    const texts: string[] = [];
    for (const seed of [42, 43, 42 + 2 ** 32]) {
      const { store } = options();
      await generateOrders(options({ store, seed, orders: 10 }));
      texts.push(await textOf(store, 'orders/part-00001.csv'));
    }
    expect(new Set(texts).size).toBe(3);
  });

  it('has the shares of defects and the ranges of the contract', async () => {
    const { store } = options();
    await generateOrders(options({ store, orders: 50_000 }));
    const lines = (await textOf(store, 'orders/part-00001.csv')).trimEnd().split('\n').slice(1);
    const rows = lines.map((line) => line.split(','));
    const share = (isHit: (row: string[]) => boolean) => rows.filter(isHit).length / rows.length;
    const values = (column: number) => new Set(rows.map((row) => row[column]));

    expect(share((row) => row[0] === '')).toBeCloseTo(0.01, 2);
    expect(share((row) => row[4]?.startsWith('-') === true)).toBeCloseTo(0.05, 2);
    expect(share((row) => row[5]?.startsWith('-') === true)).toBeCloseTo(0.05, 2);
    expect(values(1).size).toBe(1_000);
    expect(values(2).size).toBe(50);
    expect(values(4).size).toBe(20);
    expect(values(6)).toEqual(new Set(DEFAULT_CONFIG.generate.statuses));
    const prices = rows.map((row) => Math.abs(Number(row[5])));
    expect(Math.min(...prices)).toBeGreaterThanOrEqual(5);
    expect(Math.max(...prices)).toBeLessThanOrEqual(500);
    const form = /^(o\d+)?,c\d+,p\d+,2026-0[12]-\d\d \d\d:\d\d:\d\d,-?\d+,-?\d+\.\d\d,[\w ]+$/;
    expect(lines.filter((line) => !form.test(line))).toEqual([]);
  });

  it('cuts the same rows into parts of about equal size whose names sort by arrival', async () => {
    const one = options();
    const three = options({ files: 3 });
    await generateOrders(one);
    const landing = await generateOrders(three);

    const parts: string[] = [];
    for (const key of await keysOf(three.store)) {
      if (key.startsWith('orders/')) parts.push(await textOf(three.store, key));
    }
    const rowsOf = (text: string) => text.slice(text.indexOf('\n') + 1);
    const whole = await textOf(one.store, 'orders/part-00001.csv');
    expect(parts.map(rowsOf).join('')).toBe(rowsOf(whole));
    const rowCounts = landing.files.slice(0, 3).map((file) => file.rows);
    expect(Math.max(...rowCounts) - Math.min(...rowCounts)).toBeLessThanOrEqual(1);
  });

  it('compresses the same bytes', async () => {
    const plain = options({ orders: 30_000 });
    const gzip = options({ orders: 30_000, isGzip: true });
    await generateOrders(plain);
    const landing = await generateOrders(gzip);

    const compressed = await gzip.store.get('orders/part-00001.csv.gz');
    expect(gunzipSync(compressed).toString()).toBe(
      await textOf(plain.store, 'orders/part-00001.csv'),
    );
    expect(landing.files[0]?.bytes).toBe(compressed.length);
  });

  it('replaces all files of an earlier call', async () => {
    const { store } = options();
    await generateOrders(options({ store, files: 5, isGzip: true }));
    await generateOrders(options({ store, files: 2 }));
    expect(await keysOf(store)).toEqual([
      '_generated.json',
      'customers/customers.csv',
      'orders/part-00001.csv',
      'orders/part-00002.csv',
      'products/products.csv',
    ]);
  });

  it('fails when others have files there, and touches nothing', async () => {
    const { store } = options();
    await store.put('orders/part-00001.csv', Buffer.from('mine'));
    await store.put('products/own.csv', Buffer.from('mine'));
    await expect(generateOrders(options({ store }))).rejects.toMatchObject({
      code: 'output_not_generated',
      message: expect.stringContaining('orders/part-00001.csv, products/own.csv'),
    });
    expect(await keysOf(store)).toEqual(['orders/part-00001.csv', 'products/own.csv']);
    expect(await textOf(store, 'orders/part-00001.csv')).toBe('mine');
  });

  it.each([false, true])('leaves nothing when it is aborted (gzip: %s)', async (isGzip) => {
    const { store } = options();
    const controller = new AbortController();
    const aborted = generateOrders(
      options({
        store,
        isGzip,
        orders: 200_000,
        files: 4,
        signal: controller.signal,
        onProgress: ({ rowsDone }) => {
          if (rowsDone > 100_000) controller.abort();
        },
      }),
    );
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
    expect(await keysOf(store)).toEqual([]);
  });

  it('announces all rows and ends at them', async () => {
    const steps: [number, number][] = [];
    const landing = await generateOrders(
      options({ onProgress: ({ rowsDone, rowsTotal }) => steps.push([rowsDone, rowsTotal]) }),
    );
    expect(steps.at(-1)).toEqual([landing.rows, landing.rows]);
  });
});

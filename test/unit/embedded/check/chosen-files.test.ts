import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chosenFiles, keysOfFiles } from '../../../../lib/embedded/check/chosen-files.ts';

let dir: string;
let landing: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tandem-chosen-'));
  landing = join(dir, 'landing');
  for (const folder of ['orders/shop', 'customers', 'products'])
    mkdirSync(join(landing, folder), { recursive: true });
  for (const name of ['b.csv', 'a.csv', 'landing/orders/shop/c.csv', 'landing/customers/c.csv'])
    writeFileSync(join(dir, name), name);
});
afterAll(() => rmSync(dir, { recursive: true }));

const keysIn = async (store: ReturnType<typeof chosenFiles>, prefix: string) => {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
};

describe('chosen files', () => {
  const paths = () =>
    ['b.csv', 'a.csv', 'landing/orders/shop/c.csv'].map((name) => join(dir, name));

  it('lie below orders/, those of the landing folder under their own keys', async () => {
    const byKey = keysOfFiles(paths(), landing);
    const store = chosenFiles(byKey, null);

    expect([...byKey.keys()]).toEqual(['orders/b.csv', 'orders/a.csv', 'orders/shop/c.csv']);
    expect(await keysIn(store, 'orders/')).toEqual([
      'orders/a.csv',
      'orders/b.csv',
      'orders/shop/c.csv',
    ]);
    expect(Buffer.from(await store.get('orders/a.csv')).toString()).toBe('a.csv');
    expect(await store.head('orders/a.csv')).toMatchObject({ key: 'orders/a.csv', sizeBytes: 5 });
    expect(await keysIn(store, 'customers/')).toEqual([]);
    await expect(store.get('customers/c.csv')).rejects.toThrow('no object customers/c.csv');
  });

  it('have the dimensions of a landing folder, and none of its orders', async () => {
    const store = chosenFiles(keysOfFiles(paths().slice(0, 1), landing), landing);
    expect(await keysIn(store, 'customers/')).toEqual(['customers/c.csv']);
    expect(await keysIn(store, 'orders/')).toEqual(['orders/b.csv']);
    expect(await store.head('orders/shop/c.csv')).toBeNull();
    expect(await store.head('customers/c.csv')).toMatchObject({ sizeBytes: 23 });
  });

  it('can be named twice, but not be two files of one key', () => {
    const [b] = paths();
    expect(keysOfFiles([b, b], landing).size).toBe(1);
    expect(() => keysOfFiles([b, join(landing, '../landing/../b.csv')], landing)).not.toThrow();
    mkdirSync(join(dir, 'other'));
    writeFileSync(join(dir, 'other/b.csv'), '');
    expect(() => keysOfFiles([b, join(dir, 'other/b.csv')], landing)).toThrow(
      /would both be orders\/b\.csv; check them one after the other$/,
    );
  });

  it('fail where there is no such file, or a folder', () => {
    expect(() => keysOfFiles([join(dir, 'none.csv')], landing)).toThrow(/^no file .*none\.csv$/);
    expect(() => keysOfFiles([landing], landing)).toThrow(/is a folder; name files/);
  });

  it('cannot be written', () => {
    const store = chosenFiles(new Map(), null);
    expect(() => store.put()).toThrow('a check writes nothing');
    expect(() => store.openWriter()).toThrow('a check writes nothing');
    expect(() => store.delete()).toThrow('a check writes nothing');
  });
});

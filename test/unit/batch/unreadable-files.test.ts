import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ObjectUnreadableError } from '../../../lambdas/shared/model/errors.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { ordersCsv, runOver, storeOf } from '../../support/batch-runs.ts';
import { hookedStore, type Operation } from '../../support/hooked-store.ts';

const order = (id: string) => ordersCsv([`${id},c,p,2026-01-01 10:00:00,1,1.00,completed`]);
const REASONS: Readonly<Record<string, string>> = {
  archived: 'object_archived: GLACIER; restore it first',
  denied: 'access_denied: Access Denied',
};
const READS: readonly Operation[] = ['get', 'getInto', 'stream'];

/** Objects with such a word in their key cannot be read, from the given read of each on. */
function partlyReadable(store: ObjectStore, fromRead = 1): ObjectStore {
  const reads = new Map<string, number>();
  return hookedStore(store, (operation, key) => {
    const word = Object.keys(REASONS).find((name) => key.includes(name));
    if (word === undefined || !READS.includes(operation)) return;
    reads.set(key, (reads.get(key) ?? 0) + 1);
    if ((reads.get(key) ?? 0) < fromRead) return;
    const [reason, code] = [REASONS[word], word === 'denied' ? 'access_denied' : 'object_archived'];
    throw new ObjectUnreadableError(code, `read ${key}: ${reason}`, { reason });
  });
}

async function runWith(names: readonly string[], fromRead = 1) {
  const files = names.map((name, index) => {
    const csv =
      name.includes('/') && !name.startsWith('orders') ? 'customer_id\n' : order(`o${index}`);
    return [name, name.endsWith('.gz') ? gzipSync(csv) : csv] as const;
  });
  const landing = partlyReadable(await storeOf(files), fromRead);
  return await runOver([], { landing });
}

describe('files that cannot be read', () => {
  it('are rejected with what the store says, and the others go on', async () => {
    const { manifest } = await runWith([
      'orders/a.csv',
      'orders/archived.csv',
      'orders/archived.csv.gz',
      'orders/denied.csv',
      'orders/denied.csv.gz',
    ]);

    expect(manifest.status).toBe('published_with_rejected_files');
    expect(manifest.inputs?.map(({ key }) => key)).toEqual(['orders/a.csv']);
    expect(manifest.revenue).toBe('1.00');
    expect(manifest.rejected_files).toEqual([
      { key: 'orders/archived.csv', reason: 'object_archived: GLACIER; restore it first' },
      { key: 'orders/archived.csv.gz', reason: 'object_archived: GLACIER; restore it first' },
      { key: 'orders/denied.csv', reason: 'access_denied: Access Denied' },
      { key: 'orders/denied.csv.gz', reason: 'access_denied: Access Denied' },
    ]);
  });

  it.each([2, 3])('are rejected when read %i of a gzip file is refused', async (fromRead) => {
    const { manifest } = await runWith(['orders/a.csv', 'orders/denied.csv.gz'], fromRead);

    expect(manifest.rejected_files).toEqual([
      { key: 'orders/denied.csv.gz', reason: 'access_denied: Access Denied' },
    ]);
  });

  it('fail the run with the first refusal when there are no others', async () => {
    await expect(runWith(['orders/denied-1.csv', 'orders/denied-2.csv.gz'])).rejects.toMatchObject({
      code: 'access_denied',
      message: 'read orders/denied-1.csv: access_denied: Access Denied',
    });
  });

  it('fail the run when they are refused in the middle of it, and are named', async () => {
    await expect(runWith(['orders/a.csv', 'orders/denied.csv'], 2)).rejects.toMatchObject({
      code: 'access_denied',
      message: 'read orders/denied.csv: access_denied: Access Denied',
    });
  });

  it.each(['customers/archived.csv', 'products/archived.csv.gz'])(
    'fail the run when they are a dimension: %s',
    async (key) => {
      await expect(runWith(['orders/a.csv', key])).rejects.toMatchObject({
        code: 'dimension_rejected',
        message:
          `${key} cannot be read as a dimension: object_archived: GLACIER; restore it first; ` +
          'fix or remove the file',
      });
    },
  );
});

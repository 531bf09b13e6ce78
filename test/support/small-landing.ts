import type { BatchManifest } from '../../lambdas/batch/run/batch-manifest.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import { BATCH_CURRENT_KEY } from '../../lambdas/shared/state/batch-keys.ts';
import { ordersCsv } from './batch-runs.ts';

/** A small landing, and what a lake says of its runs. */

export const orderLine = (id: string) => `${id},c1,p1,2026-01-05T00:00:00,2,1.50,done`;

/** Two orders, a copy and a bad record. */
export const SMALL_LANDING: readonly (readonly [string, string])[] = [
  ['orders/a.csv', ordersCsv([orderLine('o1'), orderLine('o2'), orderLine('o1'), 'bad'])],
  ['products/p.csv', 'product_id,product_name,category,brand,list_price\np1,Tea,Drink,Alder,1\n'],
];

/** Chunks of less than a line. */
export const SMALL_CHUNKS = { batch: { chunkBytes: '40B' } };

export async function failureOf(run: () => Promise<unknown>): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    return error;
  }
  throw new Error('the run did not fail');
}

export async function currentOf(lake: ObjectStore): Promise<BatchManifest> {
  const json = async (key: string) => JSON.parse(Buffer.from(await lake.get(key)).toString());
  return await json((await json(BATCH_CURRENT_KEY)).manifest);
}

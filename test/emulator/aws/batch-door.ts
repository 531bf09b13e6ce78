import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BatchManifest } from '../../../lambdas/batch/run/batch-manifest.ts';
import { planKey } from '../../../lambdas/batch/run/batch-plan.ts';
import { STARTER_KEY } from '../../../lambdas/batch/start-run/start-step.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { keysOf, ordersCsv, runOver } from '../../support/batch-runs.ts';
import { currentOf, orderLine } from '../../support/small-landing.ts';
import { type Deployed, eventually } from '../deployment.ts';

const quoted = Array.from({ length: 20 }, (_, index) => {
  return orderLine(`"q${'\n'.repeat(60)}${index}"`);
});
const lines = Array.from({ length: 300 }, (_, index) => orderLine(`g${index % 200}`));

/** Gzip, quoted line ends over borders of chunks, and one that is none of ours. */
const ORDERS: readonly (readonly [string, string | Uint8Array])[] = [
  ['orders/a.csv.gz', gzipSync(ordersCsv(lines))],
  ['orders/b.csv', ordersCsv([...quoted, orderLine('o1'), 'bad'])],
  ['orders/c.csv', 'no,header\n1,2\n'],
];
const PRODUCTS = 'product_id,product_name,category,brand,list_price\np1,Tea,Drink,Alder,1\n';

let world: Deployed;

async function upload(files: Iterable<readonly [string, string | Uint8Array]>): Promise<void> {
  for (const [key, bytes] of files) await world.landing.put(key, Buffer.from(bytes));
}

async function runIds(): Promise<string[]> {
  const keys = await keysOf(world.lake, 'manifests/batch/2');
  return keys.map((key) => key.replace('manifests/batch/', '').replace('.json', ''));
}

/** When the starter waits for nothing. */
async function untilQuiet(): Promise<string[]> {
  return await eventually('the starter is idle', async () => {
    const item = await world.state.get(STARTER_KEY);
    const isIdle = item?.attributes.running === null && item.attributes.uploadedAtMs === null;
    return isIdle ? await runIds() : null;
  });
}

/** Content of a run's files, by their names without the run. */
async function filesOf(lake: ObjectStore, manifest: BatchManifest): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const { files: listed } of Object.values(manifest.tables)) {
    for (const { key } of listed) {
      const name = key.replace(`run=${manifest.run_id}`, 'run=');
      files.set(name, Buffer.from(await lake.get(key)).toString('hex'));
    }
  }
  return files;
}

/** What is promised of uploads. `deployed` answers once the stacks stand. */
export function describeBatchDoor(deployed: () => Deployed): void {
  beforeAll(() => {
    world = deployed();
  });
  describe('an upload', () => {
    let planFile: string;
    const folder = mkdtempSync(join(tmpdir(), 'tandem-plan-'));

    afterAll(() => rmSync(folder, { recursive: true }));

    it('becomes the tables of the embedded run with the same plan, byte for byte', async () => {
      await upload([['products/p.csv', PRODUCTS], ...ORDERS]);

      const ids = await eventually('a run is published', async () => {
        const found = await runIds();
        return found.length > 0 ? found : null;
      });
      const manifest = await currentOf(world.lake);
      planFile = join(folder, 'plan.json');
      writeFileSync(planFile, await world.lake.get(planKey(ids[0])));
      const embedded = await runOver([['products/p.csv', PRODUCTS], ...ORDERS], { planFile });

      expect(manifest.status).toBe('published_with_rejected_files');
      expect(manifest.counts.read).toBe(322);
      const files = await filesOf(world.lake, manifest);
      expect(files.size).toBe(8);
      expect(files).toEqual(await filesOf(embedded.lake, embedded.manifest));
      expect(manifest.counts).toEqual(embedded.manifest.counts);
    });

    it('leaves nothing of its work', async () => {
      await untilQuiet();
      expect(await keysOf(world.lake, 'work/')).toEqual([]);
    });

    it('causes one more run', async () => {
      const before = await untilQuiet();
      await upload([['orders/d.csv', ordersCsv([orderLine('d1')])]]);

      await eventually('another run is published', async () =>
        (await runIds()).length > before.length ? true : null,
      );

      expect((await untilQuiet()).length).toBe(before.length + 1);
      expect((await currentOf(world.lake)).counts.read).toBe(323);
    });

    it('causes exactly one more run, however many come during a run', async () => {
      const before = await untilQuiet();
      await upload([['orders/e.csv', ordersCsv([orderLine('e1')])]]);
      await eventually('a run began', async () => {
        const item = await world.state.get(STARTER_KEY);
        return item !== null && item.attributes.running !== null ? true : null;
      });
      for (let index = 0; index < 5; index++) {
        await upload([[`orders/f${index}.csv`, ordersCsv([orderLine(`f${index}`)])]]);
      }

      await eventually('all of them are published', async () =>
        (await currentOf(world.lake)).counts.read === 329 ? true : null,
      );

      expect((await untilQuiet()).length).toBe(before.length + 2);
    });
  });
}

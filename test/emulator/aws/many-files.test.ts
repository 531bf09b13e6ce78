import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BatchManifest } from '../../../lambdas/batch/run/batch-manifest.ts';
import { planFolder, planKey } from '../../../lambdas/batch/run/batch-plan.ts';
import { readHeader } from '../../../lambdas/batch/run/stored-plan.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { inParallel } from '../../../lambdas/shared/runtime/parallel.ts';
import { BATCH_CURRENT_KEY } from '../../../lambdas/shared/state/batch-keys.ts';
import { manifestInputs } from '../../../lambdas/shared/state/manifest-inputs.ts';
import { keysOf, runOver, storeOf } from '../../support/batch-runs.ts';
import { currentOf } from '../../support/small-landing.ts';
import { contentOf, tinyKey } from '../../support/tiny-files.ts';
import { type Deployed, eventually } from '../deployment.ts';
import { TestStacks } from './deployed.ts';

/** More than a manifest lists itself. */
const FILES = 10_020;
const FEW = 20;

const stacks = new TestStacks('TandemMany', { batch: { quietFor: '5s', minInterval: '0s' } });
const folder = mkdtempSync(join(tmpdir(), 'tandem-many-'));
const files = Array.from({ length: FILES }, (_, index): [string, string] => [
  tinyKey(index),
  contentOf(index),
]);

let world: Deployed;

beforeAll(async () => {
  world = await stacks.deploy();
}, 300_000);

afterAll(async () => {
  rmSync(folder, { recursive: true });
  for (const bucket of [world.landing, world.lake]) await bucket.delete(await keysOf(bucket));
  await stacks.destroy();
}, 300_000);

async function upload(some: readonly (readonly [string, string])[]): Promise<void> {
  await inParallel(some, 32, ([key, text]) => world.landing.put(key, Buffer.from(text)));
}

/** The run that read so many records, once it is the current one. */
async function publishedWith(records: number): Promise<BatchManifest> {
  return await eventually(
    `a run over ${records} records is published`,
    async () => {
      if ((await world.lake.head(BATCH_CURRENT_KEY)) === null) return null;
      const manifest = await currentOf(world.lake);
      return manifest.counts.read === records ? manifest : null;
    },
    600_000,
  );
}

/** Content of a run's files, by their names without the run. */
async function tablesOf(lake: ObjectStore, manifest: BatchManifest): Promise<Map<string, string>> {
  const content = new Map<string, string>();
  for (const { files: listed } of Object.values(manifest.tables)) {
    for (const { key } of listed) {
      const name = key.replace(`run=${manifest.run_id}`, 'run=');
      content.set(name, Buffer.from(await lake.get(key)).toString('hex'));
    }
  }
  return content;
}

/** The plan of a run with its parts, as a person would copy them. */
async function copiedPlan(runId: string): Promise<string> {
  for (const key of [planKey(runId), ...(await keysOf(world.lake, planFolder(runId)))]) {
    const path = join(folder, key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, await world.lake.get(key));
  }
  return join(folder, planKey(runId));
}

it('10,000 files become the tables of the embedded run over them, byte for byte', {
  timeout: 900_000,
}, async () => {
  await upload(files.slice(0, FILES - FEW));
  await upload(files.slice(FILES - FEW));
  const manifest = await publishedWith(FILES);

  const { taskCount, inputCount, parts } = await readHeader(world.lake, manifest.run_id);
  expect({ taskCount, inputCount }).toEqual({ taskCount: 160, inputCount: FILES });
  expect(parts.length).toBeGreaterThan(5);
  expect(manifest).toMatchObject({ status: 'published', revenue: `${FILES}.00`, warnings: [] });
  const { lake, manifest: embedded } = await runOver([], {
    landing: await storeOf(files),
    planFile: await copiedPlan(manifest.run_id),
  });
  expect(await tablesOf(world.lake, manifest)).toEqual(await tablesOf(lake, embedded));
  let records = 0;
  for await (const input of manifestInputs(world.lake, manifest)) records += input.records;
  expect(records).toBe(FILES);
  expect(manifest.inputs_object?.files).toBe(FILES);
});

it('a run after it knows what it had read', {
  timeout: 600_000,
}, async () => {
  await world.landing.put('orders/z.csv', Buffer.from(contentOf(FILES)));
  await world.landing.delete([tinyKey(0)]);

  await eventually(
    'the vanished file is noticed',
    async () => {
      const { warnings } = await currentOf(world.lake);
      return warnings.some(({ code, count }) => code === 'files_vanished' && count === 1)
        ? true
        : null;
    },
    400_000,
  );
  await eventually('nothing of its work is left', async () => {
    return (await keysOf(world.lake, 'work/')).length === 0 ? true : null;
  });
});

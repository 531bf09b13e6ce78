import { describe, expect, it } from 'vitest';
import {
  INLINE_INPUTS_MAX,
  ManifestInputs,
} from '../../../../lambdas/batch/publish-run/collect-inputs.ts';
import { discardRun } from '../../../../lambdas/batch/publish-run/remove-old-runs.ts';
import type { BatchManifest } from '../../../../lambdas/batch/run/batch-manifest.ts';
import { manifestFolder, manifestKey } from '../../../../lambdas/batch/run/batch-plan.ts';
import type { ObjectStore } from '../../../../lambdas/shared/ports/object-store.ts';
import { jsonBytes, parseJson } from '../../../../lambdas/shared/runtime/json.ts';
import {
  manifestInputs,
  type WithInputs,
} from '../../../../lambdas/shared/state/manifest-inputs.ts';
import { keysOf, ordersCsv, runOver } from '../../../support/batch-runs.ts';
import { MemoryObjectStore } from '../../../support/memory/memory-object-store.ts';
import { verified } from '../../../support/published-lake.ts';
import { orderLine } from '../../../support/small-landing.ts';

const RUN = '20260131T120000Z-00000000';

async function listed(files: number, lake: ObjectStore): Promise<WithInputs> {
  const inputs = new ManifestInputs(lake, RUN);
  for (let index = 0; index < files; index++) {
    const input = { key: `orders/${index}`, etag: `e${index}`, sizeBytes: 7 } as never;
    const totals = { readRecords: index } as never;
    await inputs.add({ inputIndex: index, input, totals, rejected: null });
  }
  await inputs.add({ inputIndex: files, input: {} as never, totals: null, rejected: 'empty' });
  return await inputs.finish();
}

async function allOf(lake: ObjectStore, manifest: WithInputs) {
  const all: unknown[] = [];
  for await (const input of manifestInputs(lake, manifest)) all.push(input);
  return all;
}

describe('the inputs of a manifest', () => {
  it('stand in it up to 10,000, more of them in an object that it names', async () => {
    const lake = new MemoryObjectStore();
    const few = await listed(INLINE_INPUTS_MAX, lake);
    expect(few.inputs).toHaveLength(10_000);
    expect(few.inputs_object).toBeUndefined();
    expect(await keysOf(lake)).toEqual([]);

    const many = await listed(INLINE_INPUTS_MAX + 1, lake);
    const key = `${manifestFolder(RUN)}inputs.ndjson`;
    const { sizeBytes = 0 } = (await lake.head(key)) ?? {};
    expect(many).toEqual({ inputs_object: { key, files: 10_001, bytes: sizeBytes } });
    const read = await allOf(lake, many);
    expect(read.slice(0, 10_000)).toEqual(few.inputs);
    expect(read[10_000]).toEqual({
      key: 'orders/10000',
      etag: 'e10000',
      bytes: 7,
      records: 10_000,
    });
  });

  it.each([
    ['is cut', (text: string) => text.slice(0, -5), 'its last line is truncated'],
    ['lacks a line', (text: string) => text.slice(text.indexOf('\n') + 1), 'lists 10000 files'],
    ['is no JSON', (text: string) => text.replace('{', '['), 'a line is not JSON'],
    [
      'has no records',
      (text: string) => text.replace('"records":0', '"records":"0"'),
      'not an input',
    ],
  ])('are damaged where the object %s', async (_name, damage, problem) => {
    const lake = new MemoryObjectStore();
    const manifest = await listed(INLINE_INPUTS_MAX + 1, lake);
    const { key = '' } = manifest.inputs_object ?? {};
    const text = Buffer.from(await lake.get(key)).toString();
    await lake.put(key, Buffer.from(damage(text)));

    await expect(allOf(lake, manifest)).rejects.toMatchObject({
      code: 'manifest_damaged',
      message: expect.stringContaining(problem),
    });
  });

  it('are gone with a run that is discarded', async () => {
    const lake = new MemoryObjectStore();
    await listed(INLINE_INPUTS_MAX + 1, lake);

    await discardRun(lake, RUN);

    expect(await keysOf(lake)).toEqual([]);
  });
});

const file = (name: string): [string, string] => [
  `orders/${name}.csv`,
  ordersCsv([orderLine(`${name}1`), orderLine(`${name}2`)]),
];

/** A run over two files, whose inputs are listed in an object as those of a large run. */
async function publishedLarge() {
  const { lake, manifest, runId } = await runOver([file('a'), file('b')]);
  const { inputs = [], ...rest } = manifest;
  const key = `${manifestFolder(runId)}inputs.ndjson`;
  const bytes = Buffer.from(inputs.map((input) => `${JSON.stringify(input)}\n`).join(''));
  await lake.put(key, bytes);
  const large = { ...rest, inputs_object: { key, files: 2, bytes: bytes.length } };
  await lake.put(manifestKey(runId), jsonBytes(large));
  return { lake, key, runId };
}

describe('a run before whose inputs are in an object', () => {
  it('is compared with the next one', async () => {
    const { lake } = await publishedLarge();

    const { manifest } = await runOver([file('b')], { lake });

    expect(manifest.warnings).toMatchObject([
      { code: 'files_vanished', count: 1, example: 'orders/a.csv' },
    ]);
  });

  it('is unknown where the object is gone, and the next run is published', async () => {
    const { lake, key } = await publishedLarge();
    await lake.delete([key]);

    const { manifest } = await runOver([file('b')], { lake });

    expect(manifest.warnings).toEqual([]);
  });
});

describe('verify', () => {
  it('reads the object, and names it where it is missing or says something else', async () => {
    const { lake, key, runId } = await publishedLarge();
    const faultsOf = async () =>
      (await verified(lake as MemoryObjectStore)).faults.map((fault) => [fault.key, fault.code]);
    expect(await faultsOf()).toEqual([]);

    const text = Buffer.from(await lake.get(key)).toString();
    await lake.put(key, Buffer.from(text.replace('"records":2', '"records":3')));
    expect(await faultsOf()).toEqual([[key, 'manifest_damaged']]);

    await lake.delete([key]);
    expect(await faultsOf()).toEqual([[key, 'manifest_missing']]);
    expect(parseJson<BatchManifest>(await lake.get(manifestKey(runId))).counts.read).toBe(4);
  });
});

import { expect, it } from 'vitest';
import { jsonBytes } from '../../../lambdas/shared/runtime/json.ts';
import { readPlan } from '../../../lambdas/shared/state/epoch-head.ts';
import { readStreamManifest } from '../../../lambdas/shared/state/manifest-chain.ts';
import { readBatchManifest } from '../../../lambdas/shared/state/stored-manifests.ts';
import { MemoryObjectStore } from '../../support/memory/memory-object-store.ts';

/** Stored objects without a name that readers rely on are damaged, not misread. */

type Path = readonly (string | number)[];
type Node = Record<string | number, unknown>;

/** Where named values stand. */
function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, i) => pathsIn(item, [...path, i]));
  return Object.entries(value).flatMap(([name, item]) => {
    const at = [...path, name];
    return [at, ...pathsIn(item, at)];
  });
}

function without(value: object, path: Path): object {
  // Values that stand in two places are two values then.
  const copy = JSON.parse(JSON.stringify(value)) as Node;
  const owner = path.slice(0, -1).reduce((inner, name) => inner[name] as Node, copy);
  delete owner[path[path.length - 1]];
  return copy;
}

/** Names that may be left out; what is refused has to be refused by `code`, and named. */
async function optionalNames(
  value: object,
  { key, code }: { readonly key: string; readonly code: string },
  read: (lake: MemoryObjectStore, key: string) => Promise<unknown>,
): Promise<string[]> {
  const lake = new MemoryObjectStore();
  await lake.put(key, jsonBytes(value));
  expect(await read(lake, key)).toEqual(value);
  const found: string[] = [];
  for (const path of pathsIn(value)) {
    await lake.put(key, jsonBytes(without(value, path)));
    const said = await read(lake, key).then(
      () => null,
      (error: unknown) => error,
    );
    const name = path.join('.').replaceAll(/\.(\d+)\./g, '[$1].');
    if (said === null) found.push(name);
    else expect(said).toMatchObject({ code, message: expect.stringContaining(` ${name}`) });
  }
  return found;
}

const INSTANT = '2026-02-01T00:00:00.000Z';
const COUNTS = { read: 1, active: 1, cancelled: 0, quarantined: 0, duplicate: 0, late: 0 };
const WARNINGS = [{ code: 'join_misses', count: 1, example: 'a', hint: 'b' }];
const SHARD = {
  shard: 's1',
  parents: ['s0'],
  from_version: 0,
  to_version: 1,
  entries: [
    {
      version: 1,
      kind: 'records',
      segment: 'raw/stream/orders/s1/1',
      sha256: 'abc',
      first_sequence_number: '1',
      last_sequence_number: '1',
      gap_after: null,
      end_reached: null,
    },
  ],
};
const MANIFEST = {
  status: 'published',
  created_at: INSTANT,
  counts: COUNTS,
  issues: {},
  revenue: '1.00',
  rejected_files: [{ key: 'orders/a', reason: 'empty' }],
  tables: { orders: { files: [{ key: 'tables/a', rows: 1, bytes: 1, sha256: 'abc' }] } },
  warnings: WARNINGS,
  joins: { customers_missed: 0, products_missed: 0 },
};

it('of a plan all are needed', async () => {
  const copies = [{ key: 'customers/a', etag: 'e', sizeBytes: 1, copyKey: 'state/a' }];
  const plan = {
    planFormat: 2,
    epoch: 1,
    stream: 'orders',
    consumer: 'default',
    createdAt: INSTANT,
    codeVersion: 'v',
    configHash: 'c',
    previous: null,
    previousEpoch: 0,
    shards: [SHARD],
    watermarkMs: -1,
    previousWatermarkMs: null,
    windowLengthMs: 600_000,
    dimensions: { customers: copies, products: copies },
    warnings: WARNINGS,
  };
  const kind = { key: 'state/p', code: 'plan_damaged' };

  const names = await optionalNames(plan, kind, (lake, key) => readPlan({ lake }, key));

  // Versions before this one had none.
  expect(names).toEqual(['warnings']);
});

it('of a manifest of the stream all are needed but those that early versions had not', async () => {
  const manifest = {
    kind: 'stream',
    epoch: 7,
    ...MANIFEST,
    stream: 'orders',
    consumer: 'default',
    watermark: INSTANT,
    previous: null,
    previous_complete: null,
    complete: false,
    epoch_counts: COUNTS,
    epoch_warnings: WARNINGS,
    inputs: [SHARD],
  };
  const kind = { key: 'manifests/stream/00000007.json', code: 'manifest_damaged' };

  const names = await optionalNames(manifest, kind, readStreamManifest);

  // A table without files is one that no manifest lists.
  expect(names).toEqual(['tables.orders', 'warnings', 'joins', 'epoch_warnings']);
});

it('of a manifest of a batch run too, and it lies under its own name', async () => {
  const inputs = [{ key: 'orders/a', bytes: 1, records: 1 }];
  const manifest = { kind: 'batch', run_id: 'r7', ...MANIFEST, inputs };
  const kind = { key: 'manifests/batch/r7.json', code: 'manifest_damaged' };

  const names = await optionalNames(manifest, kind, readBatchManifest);

  expect(names).toEqual(['tables.orders', 'warnings', 'joins']);
  const lake = new MemoryObjectStore();
  for (const key of ['manifests/batch/r8.json', 'manifests/batch/xr7.json']) {
    await lake.put(key, jsonBytes(manifest));
    await expect(readBatchManifest(lake, key)).rejects.toMatchObject({
      code: 'manifest_damaged',
      message:
        `manifest ${key} is damaged: it is of run r7; ` +
        'restore the object, or publish again: npx tandem batch',
    });
  }
});

it('of a batch run with its inputs in an object beside it', async () => {
  const listed = { key: 'manifests/batch/r7/inputs.ndjson', files: 1, bytes: 1 };
  const key = 'manifests/batch/r7.json';
  const manifest = { kind: 'batch', run_id: 'r7', ...MANIFEST, inputs_object: listed };
  const lake = new MemoryObjectStore();
  await lake.put(key, jsonBytes(manifest));

  expect(await readBatchManifest(lake, key)).toEqual(manifest);
  for (const name of Object.keys(listed)) {
    const cut = without(manifest, ['inputs_object', name]);
    await lake.put(key, jsonBytes(cut));
    await expect(readBatchManifest(lake, key)).rejects.toThrow(`inputs_object.${name} is missing`);
  }
});

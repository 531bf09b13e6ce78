import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readCurrentPointer } from '../../../lambdas/shared/state/current-pointer.ts';
import { readPlan } from '../../../lambdas/shared/state/epoch-head.ts';
import { readSnapshot } from '../../../lambdas/shared/state/epoch-snapshot.ts';
import { readStreamManifest } from '../../../lambdas/shared/state/manifest-chain.ts';
import { decodeLine } from '../../../lambdas/shared/state/segment.ts';
import { readShardResult } from '../../../lambdas/shared/state/shard-result.ts';
import { readBatchManifest } from '../../../lambdas/shared/state/stored-manifests.ts';
import type { StreamContext } from '../../../lambdas/shared/state/stream-context.ts';
import { MemoryObjectStore } from '../../support/memory/memory-object-store.ts';
import { publishEpochs } from '../../support/stream-lake.ts';

async function lakeWith(key: string, content: string | Uint8Array) {
  const lake = new MemoryObjectStore();
  await lake.put(key, Buffer.from(content));
  return lake;
}

describe('CURRENT.json', () => {
  const BATCH = 'manifests/batch/CURRENT.json';
  const STREAM = 'consumers/copy/manifests/stream/CURRENT.json';

  it.each([
    ['', 'it is empty'],
    ['{"manifest": "manifests/ba', 'it is not JSON'],
    ['no JSON', 'it is not JSON'],
    ['{}', 'manifest is missing, not a key manifests/batch/<name>.json'],
    ['null', 'it is null, not an object'],
    ['[]', 'it is [], not an object'],
    ['{"manifest": 5}', 'manifest is 5, not a key manifests/batch/<name>.json'],
    ['{"manifest": "../x"}', 'manifest is "../x", not a key manifests/batch/<name>.json'],
    ['{"manifest": "/etc/x.json"}', 'manifest is "/etc/x.json", not a key'],
    ['{"manifest": "manifests/batch/../../x.json"}', 'not a key manifests/batch/<name>.json'],
    ['{"manifest": "manifests/stream/00000001.json"}', 'not a key manifests/batch/<name>.json'],
    ['{"manifest": "manifests/batch/CURRENT.json"}', 'not a key manifests/batch/<name>.json'],
  ])('of %j is damaged, and says what to do', async (text, problem) => {
    const lake = await lakeWith(BATCH, text);

    await expect(readCurrentPointer(lake, BATCH)).rejects.toMatchObject({
      code: 'current_damaged',
      message: expect.stringMatching(
        new RegExp(`^pointer ${BATCH} is damaged: .*; let it name a manifest of that folder`),
      ),
    });
    await expect(readCurrentPointer(lake, BATCH)).rejects.toThrow(problem);
  });

  it('of a stream is written again', async () => {
    const lake = await lakeWith(STREAM, '{}');

    await expect(readCurrentPointer(lake, STREAM)).rejects.toThrow(
      `pointer ${STREAM} is damaged: manifest is missing, not a key ` +
        'consumers/copy/manifests/stream/<name>.json; ' +
        'delete the object: the next run of npx tandem stream writes it again',
    );
  });
});

describe('a manifest', () => {
  const KEY = 'manifests/stream/00000001.json';
  const damaged = async (change: (manifest: Record<string, unknown>) => void) => {
    const lake = new MemoryObjectStore();
    await publishEpochs(lake, [{ records: [], watermarkMs: null }]);
    const manifest = JSON.parse(Buffer.from(await lake.get(KEY)).toString());
    change(manifest);
    await lake.put(KEY, Buffer.from(JSON.stringify(manifest)));
    return await readStreamManifest(lake, KEY).then(
      () => 'whole',
      ({ code, message }) => `${code}: ${message}`,
    );
  };

  it('is whole as it was published, and with keys that later versions add', async () => {
    expect(await damaged(() => undefined)).toBe('whole');
    expect(
      await damaged((manifest) => {
        manifest.added_later = [{ x: 1 }];
      }),
    ).toBe('whole');
  });

  it.each([
    ['kind', 'batch', 'kind is "batch", not "stream"'],
    ['epoch', '1', 'epoch is "1", not a whole number of 0 or more'],
    ['epoch', 2, 'it is of epoch 2'],
    ['created_at', 'yesterday', 'created_at is "yesterday", not an instant'],
    ['counts', { read: 1 }, 'counts.active is missing, not a whole number'],
    ['revenue', '1.5', 'revenue is "1.5", not an amount with two decimals'],
    ['previous', '../../etc/passwd', 'previous is "../../etc/passwd", not a key below the lake'],
    [
      'tables',
      { orders: { files: [{ key: '/etc/passwd', rows: 1, bytes: 1, sha256: '' }] } },
      'tables.orders.files[0].key is "/etc/passwd", not a key below tables/',
    ],
  ])('with another %s (%j) is damaged', async (name, value, problem) => {
    const said = await damaged((manifest) => {
      manifest[name] = value;
    });

    expect(said).toContain(`manifest_damaged: manifest ${KEY} is damaged: ${problem}`);
    expect(said).toContain('; restore the object');
  });

  it('of a batch run is missing or damaged by its name', async () => {
    const key = 'manifests/batch/20260101T000000Z-00000000.json';
    await expect(readBatchManifest(new MemoryObjectStore(), key)).rejects.toMatchObject({
      code: 'manifest_missing',
      message: `manifest ${key} is missing; restore the object, or publish again: npx tandem batch`,
    });
    await expect(readBatchManifest(await lakeWith(key, '{"kind":'), key)).rejects.toMatchObject({
      code: 'manifest_damaged',
      message: expect.stringContaining(`manifest ${key} is damaged: it is not JSON`),
    });
  });
});

describe('objects of the state', () => {
  it.each(['', 'x', '{}', 'null', '{"planFormat":1}'])('of %j are damaged', async (text) => {
    const packed = zstdCompressSync(text);
    const plan = { lake: await lakeWith('plan', text) } as unknown as StreamContext;

    await expect(readPlan(plan, 'plan')).rejects.toMatchObject({
      code: 'plan_damaged',
      message: expect.stringMatching(/^plan plan is damaged: .*; restore the object/),
    });
    await expect(readSnapshot(await lakeWith('7', packed), '7', 7)).rejects.toMatchObject({
      code: 'snapshot_damaged',
      message: expect.stringMatching(/^snapshot 7 is damaged: .*; restore the object/),
    });
    await expect(readSnapshot(await lakeWith('7', text), '7', 7)).rejects.toMatchObject({
      code: 'snapshot_damaged',
    });
    await expect(readShardResult(await lakeWith('r', text), 'r')).rejects.toMatchObject({
      code: 'result_damaged',
      message: expect.stringMatching(/^result r is damaged: .*; delete the object/),
    });
    expect(() => decodeLine(Buffer.from(text), 'seg')).toThrow(
      /^segment seg has a (?:damaged line|line that is not JSON)/,
    );
  });
});

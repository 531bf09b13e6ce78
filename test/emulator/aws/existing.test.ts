import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseJson } from '../../../lambdas/shared/runtime/json.ts';
import { keysOf, ordersCsv } from '../../support/batch-runs.ts';
import { runCliHere } from '../../support/run-cli.ts';
import { currentOf, orderLine } from '../../support/small-landing.ts';
import { anEvent } from '../../support/stream-world.ts';
import { type Deployed, eventually } from '../deployment.ts';
import { exceptionsOf } from '../exceptions.ts';
import { runningEmulator } from '../running-emulator.ts';
import { type Chosen, TestStacks } from './deployed.ts';
import { makeOutside, makeOutsideData, type Outside } from './outside.ts';

const PROMISE = 'data stays when its stacks are destroyed';
/** Where it does not, all of it is made outside from the beginning. */
const whyNot = exceptionsOf(runningEmulator().name).endToEnd[PROMISE];
if (whyNot !== undefined) process.stderr.write(`left out, ${PROMISE}: ${whyNot}\n`);

/** Data stays when these stacks are destroyed. */
const stacks = new TestStacks('TandemExisting', { isEphemeral: false });
const folder = mkdtempSync(join(tmpdir(), 'tandem-existing-'));

let outside: Outside;
let world: Deployed;

/** As a person would call it. */
async function tandem(...args: readonly string[]) {
  const all = [...args, '--config', stacks.configFile, '--json'];
  const { exitCode, out } = await runCliHere(all);
  return { exitCode, answer: JSON.parse(out) };
}

const FIRST = ['o1', 'o2', 'o3'];
const SECOND = ['o4', 'o5'];

/** Those that come after a drain are of a later day. */
function dayOf(id: string): string {
  return SECOND.includes(id) ? '2026-01-06' : '2026-01-05';
}

function csvOf(ids: readonly string[]): string {
  return ordersCsv(ids.map((id) => orderLine(id).replace('2026-01-05', dayOf(id))));
}

async function upload(name: string, ids: readonly string[], ...options: readonly string[]) {
  const path = join(folder, name);
  writeFileSync(path, csvOf(ids));
  return await tandem('upload', path, ...options);
}

/** The same orders as in files. */
async function send(ids: readonly string[]): Promise<void> {
  const records = ids.map((order_id) => ({
    partitionKey: order_id,
    data: anEvent({
      ...{ order_id, order_timestamp: `${dayOf(order_id)}T00:00:00` },
      ...{ quantity: 2, price: '1.50' },
    }),
  }));
  const results = await outside.stream.put(records);
  expect(results.map(({ status }) => status)).toEqual(ids.map(() => 'stored'));
}

async function untilConsumed(count: number): Promise<void> {
  await eventually(`${count} records are consumed`, async () => {
    const { stream } = (await tandem('status', '--target', 'aws')).answer;
    const shards = (stream?.shards ?? []) as { counts: { read: number } }[];
    return shards.reduce((sum, { counts }) => sum + counts.read, 0) === count ? true : null;
  });
}

/** A run over so many records is published, and no other is under way. */
async function untilRun(records: number): Promise<void> {
  await eventually(`a run counts ${records} records`, async () => {
    if ((await world.lake.head('manifests/batch/CURRENT.json')) === null) return null;
    return (await currentOf(world.lake)).counts.read === records ? true : null;
  });
}

async function recordsOutside(): Promise<number> {
  let count = 0;
  for (const { shardId } of await outside.stream.listShards()) {
    count += (await outside.stream.read(shardId, { kind: 'start' }, 1_000)).records.length;
  }
  return count;
}

let settings: unknown;
/** Of the next deployment. */
let existing: NonNullable<Chosen['existing']>;

beforeAll(async () => {
  outside = await makeOutside();
  settings = await outside.settings();
  // Before there is any deployment.
  await send(FIRST);
  existing = { landingBucket: outside.bucket.bucket, stream: outside.streamName };
  if (whyNot !== undefined) Object.assign(existing, await makeOutsideData());
  world = await stacks.deploy({ existing });
}, 300_000);

afterAll(async () => {
  rmSync(folder, { recursive: true });
  for (const bucket of [world.landing, world.lake, world.failures]) {
    await bucket.delete(await keysOf(bucket));
  }
}, 120_000);

// In order: each goes on from what the one before has left.
describe('a bucket and a stream of somebody else', () => {
  it('are found under the outputs of any deployment, with what they hold', async () => {
    expect(world.landing.bucket).toBe(outside.bucket.bucket);
    await untilConsumed(FIRST.length);
  });

  it('start runs as those of a stack do', async () => {
    const { exitCode, answer } = await upload('a.csv', FIRST, '--wait');
    expect([exitCode, answer.run.counts.read]).toEqual([0, 3]);
  });
});

describe('an upload', () => {
  it('replaces no other content, unless that is said', async () => {
    const refused = await upload('a.csv', SECOND);
    expect([refused.exitCode, refused.answer.error.code]).toEqual([1, 'upload_exists']);
    expect(Buffer.from(await world.landing.get('orders/a.csv')).toString()).toBe(csvOf(FIRST));

    const { answer } = await upload('a.csv', SECOND, '--overwrite', '--wait');
    expect(answer.files).toMatchObject([{ key: 'orders/a.csv', status: 'replaced' }]);
    expect(answer.run.counts.read).toBe(SECOND.length);
  });

  it('that was replaced comes back, and a run counts it', async () => {
    const dry = await tandem('restore', 'orders/a.csv', '--dry-run');
    expect(dry.answer.objects[0].versions).toHaveLength(2);

    const { exitCode, answer } = await tandem('restore', 'orders/a.csv');

    expect([exitCode, answer.objects[0].key]).toEqual([0, 'orders/a.csv']);
    expect(Buffer.from(await world.landing.get('orders/a.csv')).toString()).toBe(csvOf(FIRST));
    await untilRun(FIRST.length);
  });

  it('that was deleted comes back, too', async () => {
    await world.landing.delete(['orders/a.csv']);
    await tandem('restore', 'orders/a.csv');
    expect(Buffer.from(await world.landing.get('orders/a.csv')).toString()).toBe(csvOf(FIRST));
  });
});

describe('a segment that was lost', () => {
  it('comes back as it was, and what needs it is whole again', async () => {
    await tandem('drain', '--target', 'aws');
    const [segment] = await keysOf(world.lake, 'raw/stream/');
    const bytes = await world.lake.get(segment);
    await world.lake.delete([segment]);
    expect((await tandem('verify', '--target', 'aws')).exitCode).toBe(1);

    const { exitCode } = await tandem('restore', segment);

    expect(exitCode).toBe(0);
    expect(await world.lake.get(segment)).toEqual(bytes);
    expect((await tandem('verify', '--target', 'aws')).exitCode).toBe(0);
  });
});

describe('a deployment that is destroyed', () => {
  it('leaves what is not its own as it was, and its data', async () => {
    await stacks.destroy({ existing });

    expect(await outside.settings()).toEqual(settings);
    expect(await recordsOutside()).toBe(FIRST.length);
    expect(await keysOf(outside.bucket)).toEqual(['orders/a.csv']);
    expect(await world.lake.head('manifests/batch/CURRENT.json')).not.toBeNull();
    expect((await tandem('status', '--target', 'aws')).answer.error.code).toBe('not_deployed');
  });

  it('is taken up again by one that names its data', async () => {
    const runs = await keysOf(world.lake, 'manifests/batch/2');
    existing = {
      ...existing,
      lakeBucket: world.lake.bucket,
      failuresBucket: world.failures.bucket,
      stateTable: world.stateTable,
    };
    await send(SECOND);
    world = await stacks.deploy({ existing });

    // Its mapping begins at the start of the stream: what was consumed is passed over.
    await untilConsumed(FIRST.length + SECOND.length);
    const { answer } = await upload('b.csv', SECOND, '--wait');
    expect(answer.run.counts.read).toBe(FIRST.length + SECOND.length);
    expect(await keysOf(world.lake, 'manifests/batch/2')).toEqual(expect.arrayContaining(runs));
  });

  it('gives the right tables then, by both doors', async () => {
    const { answer } = await tandem('drain', '--target', 'aws');
    expect(answer.counts).toMatchObject({ read: 5, active: 5, duplicate: 0, late: 0 });
    const epoch = parseJson<{ manifest: string }>(
      await world.lake.get('manifests/stream/CURRENT.json'),
    );
    expect(epoch.manifest).toBe(answer.manifest);
    const verdict = await tandem('reconcile', '--target', 'aws');
    expect([verdict.exitCode, verdict.answer.agree, verdict.answer.unexplained]).toEqual([
      0,
      true,
      0,
    ]);
  });

  it('leaves all of it once more', async () => {
    const keys = await keysOf(world.lake);
    await stacks.destroy({ existing });
    expect(await outside.settings()).toEqual(settings);
    expect(await recordsOutside()).toBe(FIRST.length + SECOND.length);
    expect(await keysOf(world.lake)).toEqual(expect.arrayContaining(keys));
  });
});

import { describe, expect, it } from 'vitest';
import { readHead } from '../../../../lambdas/shared/state/fold.ts';
import { OrderConsumer } from '../../../../lambdas/stream/consume/consume-orders.ts';
import { drainStream } from '../../../../lambdas/stream/operate/drain/drain-stream.ts';
import {
  type ReplayStepEvent,
  type ReplayStepResult,
  replayStep,
} from '../../../../lambdas/stream/operate/replay/replay-step.ts';
import { InlineEpochWriter } from '../../../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import { currentManifest } from '../../../../lib/common/current-manifest.ts';
import { templatesOf } from '../../../support/aws-stacks.ts';
import { type Definition, execute } from '../../../support/state-machine.ts';
import { anEvent, createStreamWorld, type StreamWorld } from '../../../support/stream-world.ts';

const SHARD = 'shardId-000000000000';
const MINUTE_MS = 60_000;

async function send(world: StreamWorld, ids: readonly string[]): Promise<void> {
  await world.stream.put(
    ids.map((order_id) => ({ partitionKey: order_id, data: anEvent({ order_id }) })),
  );
}

async function drainDefault(world: StreamWorld): Promise<void> {
  const context = await world.open();
  await drainStream(context, new OrderConsumer(context), new InlineEpochWriter(context));
}

/** The state machine as it is deployed, over a function that has so many looks at its clock. */
async function replay(
  world: StreamWorld,
  event: ReplayStepEvent,
  looks = Number.POSITIVE_INFINITY,
  fail: () => void = () => undefined,
) {
  const { DefinitionString } = Object.values(
    templatesOf().pipelines.findResources('AWS::StepFunctions::StateMachine', {
      Properties: { StateMachineName: 'Tandem-replay' },
    }),
  )[0].Properties;
  const [parts] = (DefinitionString as { 'Fn::Join': [string, unknown[]] })['Fn::Join'].slice(1);
  const text = (parts as unknown[]).map((part) => (typeof part === 'string' ? part : 'step'));
  const definition = JSON.parse(text.join('')) as Definition;
  const execution = await execute(definition, event, async (_resource, payload) => {
    fail();
    const context = await world.open(event.consumer);
    let left = looks;
    const remainingMs = () => {
      left -= 1;
      return left < 0 ? MINUTE_MS : 15 * MINUTE_MS;
    };
    const writer = new InlineEpochWriter(context);
    return await replayStep(context, writer, payload as ReplayStepEvent, remainingMs);
  });
  return { ...execution, output: execution.output as ReplayStepResult };
}

const RAW = { consumer: 'copy', from: 'raw', since: null } as const;
const STREAM = { consumer: 'copy', from: 'stream', since: null } as const;

describe('a replay of the state machine', () => {
  it('from raw goes on in many steps, and publishes what the original has', async () => {
    const world = createStreamWorld();
    for (const id of ['a', 'b', 'a', 'c', 'd']) {
      await send(world, [id]);
      await drainDefault(world);
    }

    const { status, visited, output } = await replay(world, RAW, 5);

    expect(status).toBe('SUCCEEDED');
    expect(visited.filter((name) => name === 'Step').length).toBeGreaterThan(2);
    expect(output).toMatchObject({ status: 'done', records: 5, epochs: 1 });
    const original = await currentManifest(await world.open());
    const copied = await currentManifest(await world.open('copy'));
    expect(copied?.counts).toEqual(original?.counts);
    expect(copied?.watermark).toBe(original?.watermark);
  });

  it('publishes epochs of no more full entries than one function writes', async () => {
    const world = createStreamWorld({ config: { stream: { batchSize: 10_000 } } });
    await send(
      world,
      Array.from({ length: 301 }, (_, index) => `o${index}`),
    );
    const { records } = await world.stream.read(SHARD, { kind: 'start' }, 10_000);
    const consumer = new OrderConsumer(await world.open('copy'));
    for (const record of records) await consumer.consume(SHARD, [record]);

    const { output } = await replay(world, STREAM);

    expect(output).toMatchObject({ status: 'done', epochs: 2 });
    const copied = await currentManifest(await world.open('copy'));
    expect(copied?.counts.read).toBe(301);
    expect(copied?.inputs.map(({ entries }) => entries.length)).toEqual([1]);
  });

  it('reads the rest from the stream, and catches up when it is run again', async () => {
    const world = createStreamWorld();
    await send(world, ['a', 'b']);
    await drainDefault(world);
    await send(world, ['c']);
    const first = await replay(world, RAW);
    await drainDefault(world);
    await send(world, ['d', 'e']);
    await drainDefault(world);

    const second = await replay(world, RAW);

    expect([first.output.records, second.output.records]).toEqual([3, 2]);
    const copied = await currentManifest(await world.open('copy'));
    expect(copied?.counts).toMatchObject({ read: 5, duplicate: 0 });
  });

  it('from the stream reads parents before children, to the tip that was there', async () => {
    const world = createStreamWorld();
    await send(world, ['a', 'b']);
    await world.stream.split(SHARD);
    await send(world, ['c', 'd', 'e']);
    const until = new Date(await world.stream.now()).toISOString();
    await world.clock.advance(MINUTE_MS);
    await send(world, ['f']);

    const { output } = await replay(world, { ...STREAM, until }, 12);

    expect(output).toMatchObject({ status: 'done', records: 5, until });
    const copy = await world.open('copy');
    expect((await currentManifest(copy))?.counts).toMatchObject({ read: 5, active: 5 });
    expect((await readHead(copy, SHARD))?.sealed).toBe(true);
  });

  it('is repeated where a step fails, and ends where nothing helps', async () => {
    const world = createStreamWorld();
    await send(world, ['a']);
    let calls = 0;

    const once = await replay(world, STREAM, undefined, () => {
      calls += 1;
      if (calls === 1) throw new Error('no memory');
    });
    const always = await replay(world, STREAM, undefined, () => {
      throw new Error('no memory');
    });
    const empty = await replay(createStreamWorld(), RAW);

    expect([once.status, once.output.records]).toEqual(['SUCCEEDED', 1]);
    expect([always.status, empty.status]).toEqual(['FAILED', 'FAILED']);
    expect(empty.error).toBe('TerminalError');
  });
});

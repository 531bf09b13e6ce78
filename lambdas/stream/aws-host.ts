import {
  bucketStore,
  kinesisStream,
  tableStore,
  variable,
} from '../shared/adapters/aws/function-ports.ts';
import { LambdaShardPublisher } from '../shared/adapters/aws/shard-publisher.ts';
import { SystemClock } from '../shared/runtime/clock.ts';
import { functionSettings } from '../shared/runtime/function-settings.ts';
import { metrics } from '../shared/runtime/lambda-handler.ts';
import { SystemRandomness } from '../shared/runtime/randomness.ts';
import { DEFAULT_CONSUMER } from '../shared/state/lake-keys.ts';
import { openStreamContext, type StreamContext } from '../shared/state/stream-context.ts';
import { InlineEpochWriter } from './publish-epoch/epoch-writer.ts';
import { FannedEpochWriter } from './publish-epoch/fanned-epoch-writer.ts';
import type { EpochWriter } from './publish-epoch/publish-epoch.ts';

/** The stream door in a function of Lambda. `start`: where a new consumer begins, in ISO 8601. */
export async function openAwsStream(
  consumer = DEFAULT_CONSUMER,
  start: string | null = null,
): Promise<StreamContext> {
  const { config, codeVersion } = functionSettings();
  const clock = new SystemClock();
  const randomness = new SystemRandomness();
  const ports = {
    state: tableStore(),
    lake: bucketStore('LAKE_BUCKET', { clock, randomness }),
    landing: bucketStore('LANDING_BUCKET', { clock, randomness }),
    stream: kinesisStream(config.stream.name, clock),
    clock,
    randomness,
    metrics,
  };
  return await openStreamContext(ports, {
    consumer,
    codeVersion,
    config,
    ...(start === null ? {} : { start }),
  });
}

interface OpenedConsumer {
  readonly context: StreamContext;
  readonly inline: InlineEpochWriter;
}

async function openConsumer(consumer?: string, start?: string | null): Promise<OpenedConsumer> {
  const context = await openAwsStream(consumer, start);
  return { context, inline: new InlineEpochWriter(context) };
}

/** The context and a writer that goes with it, made once; made again after it failed. */
export function openOnce(): () => Promise<OpenedConsumer> {
  let opening: Promise<OpenedConsumer> | null = null;
  return async () => {
    opening ??= openConsumer();
    opening.catch(() => {
      opening = null;
    });
    return await opening;
  };
}

/** One consumer at a time: memory is kept for the one that was asked for last. */
export function openConsumers(): (
  consumer: string,
  start: string | null,
) => Promise<OpenedConsumer> {
  let opened: { readonly consumer: string; readonly parts: OpenedConsumer } | null = null;
  return async (consumer, start) => {
    if (opened?.consumer !== consumer) {
      opened = { consumer, parts: await openConsumer(consumer, start) };
    }
    return opened.parts;
  };
}

/** Writes large epochs by functions beside this one. */
export function fannedWriter(context: StreamContext, inline: InlineEpochWriter): EpochWriter {
  const shards = new LambdaShardPublisher(variable('PUBLISH_SHARD_FUNCTION'));
  return new FannedEpochWriter(inline, shards, context.config.publish.maxShardsInline);
}

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

/**
 * Opens the stream door in a Lambda function. `start`: where a new consumer begins, in ISO 8601.
 * Throws `TerminalError` `stream_differs`, `log_format_newer`, `variable_missing` or
 * `settings_missing`.
 */
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

/** Makes the context and its writer once per process, and again after a failure. */
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

/** Keeps the opened consumer that was asked for last, to bound memory. */
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

/** A writer that has large epochs written by other functions. */
export function fannedWriter(context: StreamContext, inline: InlineEpochWriter): EpochWriter {
  const shards = new LambdaShardPublisher(variable('PUBLISH_SHARD_FUNCTION'));
  return new FannedEpochWriter(inline, shards, context.config.publish.maxShardsInline);
}

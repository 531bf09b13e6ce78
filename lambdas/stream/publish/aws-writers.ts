import { variable } from '../../shared/adapters/aws/function-ports.ts';
import { LambdaShardPublisher } from '../../shared/adapters/aws/shard-publisher.ts';
import type { StreamContext } from '../../shared/state/stream-context.ts';
import { openAwsStream } from '../open-aws-stream.ts';
import type { EpochWriter } from './write/epoch-writer.ts';
import { FannedEpochWriter } from './write/fanned-epoch-writer.ts';
import { InlineEpochWriter } from './write/inline-epoch-writer.ts';

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

import type { StreamContext } from '../../../lambdas/shared/state/stream-context.ts';
import { OrderConsumer } from '../../../lambdas/stream/consume/consume-orders.ts';
import { drainStream } from '../../../lambdas/stream/operate/drain/drain-stream.ts';
import { InlineEpochWriter } from '../../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import { currentManifest } from '../../common/current-manifest.ts';
import { nap } from '../../common/nap.ts';
import { EpochPublisher } from './epoch-publisher.ts';
import { backoffMs, isRetryable } from './failures.ts';
import type { StreamObserver } from './observer.ts';
import { ShardPoller } from './shard-poller.ts';

/** When a run of the stream ends by itself. */
export type StreamGoal =
  /** Never. */
  | 'none'
  /** Every shard is at its tip and a last epoch is published, windows left open. */
  | 'idle'
  /** Ends when idle, with windows made final (contract §4). */
  | 'drained';

export interface StreamRunOptions {
  readonly context: StreamContext;
  readonly goal: StreamGoal;
  readonly batchSize: number;
  readonly everyMs: number;
  readonly observer: StreamObserver;
  /** Plan again although another version's plan is still young. */
  readonly isReplan?: boolean;
  /** Asks for a clean end: the batch in hand is finished and a last epoch published. */
  readonly signal: AbortSignal;
}

/**
 * Consumes and publishes a stream on this machine until its goal is reached or the signal comes.
 * May be killed at any moment and started again: logs and epochs stay, the rest comes again.
 * Reports retryable failures to the observer and retries; throws all others.
 */
export async function runStream(options: StreamRunOptions): Promise<void> {
  const { context, goal, batchSize, everyMs, observer, signal, isReplan = false } = options;
  const consumer = new OrderConsumer(context);
  const writer = new InlineEpochWriter(context);
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const poller = new ShardPoller({
    context,
    consume: (shardId, records) => consumer.consume(shardId, records),
    batchSize,
    observer,
    signal: either,
  });
  const publisher = new EpochPublisher({
    context,
    writer,
    everyMs,
    observer,
    isReplan,
    beforeEpoch: () => poller.flush(),
  });
  const failures: unknown[] = [];
  const untilOver = async (work: Promise<void>) => {
    try {
      await work;
    } catch (error) {
      failures.push(error);
    } finally {
      over.abort();
    }
  };
  await Promise.all([
    untilOver(poller.run(goal === 'none' ? 'stopped' : 'tips')),
    untilOver(publisher.run(either)),
  ]);
  if (failures.length > 0) throw failures[0];
  await publisher.publishAll(signal);
  if (goal === 'drained' && !signal.aborted) {
    await drainRetrying(options, () => drainStream(context, consumer, writer, { isReplan }));
    const manifest = await currentManifest(context);
    if (manifest !== null) await observer.onEpoch(manifest);
  }
}

/** Drains; retryable failures are tried again until the signal comes. */
async function drainRetrying(
  { context, observer, signal }: StreamRunOptions,
  drain: () => Promise<unknown>,
): Promise<void> {
  for (let failures = 1; ; failures++) {
    try {
      await drain();
      return;
    } catch (error) {
      if (!isRetryable(error) || signal.aborted) throw error;
      const pauseMs = backoffMs(failures, context.randomness.fraction());
      observer.onRetry({ subject: 'drain', error, pauseMs });
      await nap(context.clock, pauseMs, signal);
    }
  }
}

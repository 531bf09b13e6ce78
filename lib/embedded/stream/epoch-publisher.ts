import type { EpochPlan } from '../../../lambdas/shared/state/epoch-plan.ts';
import type { StreamContext } from '../../../lambdas/shared/state/stream-context.ts';
import { publishEpoch, waitingFor } from '../../../lambdas/stream/publish/publish-epoch.ts';
import type { EpochWriter } from '../../../lambdas/stream/publish/write/epoch-writer.ts';
import { currentManifest } from '../../common/current-manifest.ts';
import { nap } from '../../common/nap.ts';
import { backoffMs, isRetryable } from './failures.ts';
import type { StreamObserver } from './observer.ts';

export interface EpochPublisherOptions {
  readonly context: StreamContext;
  readonly writer: EpochWriter;
  readonly everyMs: number;
  readonly observer: StreamObserver;
  /** Awaited before an epoch is planned while the stream is being consumed. */
  readonly beforeEpoch?: () => Promise<void>;
  /** Plan again although another version's plan is still young. */
  readonly isReplan?: boolean;
}

/** Most tries of the last publication after a signal, because the user waits for the end. */
const MAX_LAST_FAILURES = 5;

/** Publishes epochs of a stream on this machine, as the schedule does on AWS. */
export class EpochPublisher {
  readonly #options: EpochPublisherOptions;

  constructor(options: EpochPublisherOptions) {
    this.#options = options;
  }

  /**
   * Publishes every `everyMs` until the signal comes, counted from the last publication of any
   * process: a restarted one keeps the interval too.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { context, everyMs } = this.#options;
    const startedAtMs = context.clock.now();
    const newest = await currentManifest(context);
    const lastAtMs = newest === null ? startedAtMs : Date.parse(newest.created_at);
    let waitMs = Math.min(everyMs, lastAtMs + everyMs - startedAtMs);
    for (;;) {
      await nap(context.clock, waitMs, signal);
      if (signal.aborted) return;
      await this.#options.beforeEpoch?.();
      await this.#retrying(signal, 0, () => this.#publish((plan) => isFull(context, plan)));
      waitMs = everyMs;
    }
  }

  /**
   * Publishes until nothing is new, windows left open. Retryable failures are tried again: for
   * ever, or some times once the signal has come; then the last one is thrown.
   */
  async publishAll(signal: AbortSignal): Promise<void> {
    await this.#retrying(signal, MAX_LAST_FAILURES, () => this.#publish(() => true));
  }

  /** Runs until `isMore` says of a published plan that it was the last, or nothing is new. */
  async #publish(isMore: (plan: EpochPlan) => boolean): Promise<void> {
    const { context, writer, observer, isReplan = false } = this.#options;
    for (;;) {
      const result = await publishEpoch(context, writer, { isReplan });
      switch (result.status) {
        case 'published':
          await observer.onEpoch(result.manifest);
          if (!isMore(result.plan)) return;
          break;
        case 'nothing_new':
          return;
        case 'superseded':
          break;
        case 'waiting':
          throw waitingFor(result.plannedEpoch);
      }
    }
  }

  /** Once the signal has come, `failuresLeft` more failures are borne; none: it returns. */
  async #retrying(
    signal: AbortSignal,
    failuresLeft: number,
    publish: () => Promise<void>,
  ): Promise<void> {
    const { context, observer } = this.#options;
    let left = failuresLeft;
    for (let failures = 1; ; failures++) {
      try {
        await publish();
        return;
      } catch (error) {
        if (!isRetryable(error)) throw error;
        if (signal.aborted && failuresLeft === 0) return;
        if (signal.aborted && left-- === 0) throw error;
        const pauseMs = backoffMs(failures, context.randomness.fraction());
        observer.onRetry({ subject: 'publication', error, pauseMs });
        // After a signal it still pauses between tries.
        await nap(context.clock, pauseMs, signal.aborted ? NEVER : signal);
      }
    }
  }
}

const NEVER = new AbortController().signal;

/** The epoch took as much of a shard as one may: more is waiting. */
function isFull({ config }: StreamContext, { shards }: EpochPlan): boolean {
  const { maxEntriesPerEpoch } = config.stream;
  return shards.some(({ from_version: from, to_version: to }) => to - from >= maxEntriesPerEpoch);
}

import type { Config } from '../../lambdas/shared/model/config.ts';
import { RetryableError, TerminalError } from '../../lambdas/shared/model/errors.ts';
import type { Clock } from '../../lambdas/shared/ports/clock.ts';
import type { EventStream } from '../../lambdas/shared/ports/event-stream.ts';
import type { Metrics } from '../../lambdas/shared/ports/metrics.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import type { StateStore } from '../../lambdas/shared/ports/state-store.ts';
import { SystemRandomness } from '../../lambdas/shared/runtime/randomness.ts';
import { StreamLakeKeys } from '../../lambdas/shared/state/lake-keys.ts';
import { StateKeys } from '../../lambdas/shared/state/state-keys.ts';
import type { StreamContext } from '../../lambdas/shared/state/stream-context.ts';
import {
  metaDifferences,
  metaOfConfig,
  type StreamMeta,
} from '../../lambdas/shared/state/stream-meta.ts';
import type { CountingStream } from '../../lambdas/stream/shards/count-unread.ts';

/** A consumer as it is, looked at without beginning or changing anything. */
export interface StreamSight {
  /** Uses the times that the consumer began with. Writes nothing. */
  readonly context: StreamContext;
  /** Null if there is none. Kinesis cannot count. */
  readonly stream: (EventStream & Partial<CountingStream>) | null;
  /** False: it has not begun, there is no state of it. */
  readonly isBegun: boolean;
  /** Why `tandem stream` would refuse to go on with it; empty: it would not. */
  readonly differences: readonly string[];
  /** False: it is not known which version publishes. */
  readonly isPublisher: boolean;
  close(): void;
}

/** Ports of a consumer, as far as they exist. */
export interface SightPorts {
  readonly stream: StreamSight['stream'];
  readonly state: StateStore | null;
  readonly lake: ObjectStore;
  readonly landing: ObjectStore;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/**
 * Opens a consumer for reading: by its stored state, or by the config if it has none. Writes
 * nothing.
 */
export async function openSight(
  ports: SightPorts,
  settings: {
    readonly config: Config;
    readonly consumer: string;
    readonly codeVersion: string;
    readonly isPublisher: boolean;
  },
  close: () => void,
): Promise<StreamSight> {
  const { stream, state, clock } = ports;
  const { config, consumer, codeVersion, isPublisher } = settings;
  const { name } = config.stream;
  const keys = new StateKeys(consumer, name);
  const item = (await state?.get(keys.meta)) ?? null;
  const stored = item === null ? null : (item.attributes as unknown as StreamMeta);
  const identity = (await stream?.identity()) ?? stored?.streamIdentity ?? '';
  const wanted = metaOfConfig(config, identity, 'start');
  const meta = stored ?? wanted;
  const context: StreamContext = {
    ...ports,
    state: state ?? NO_STATE,
    stream: stream ?? absentStream(name, clock),
    randomness: new SystemRandomness(),
    consumer,
    codeVersion,
    config,
    times: {
      windowLengthMs: meta.windowMs,
      watermarkDelayMs: meta.watermarkDelayMs,
      dedupeHorizonMs: meta.dedupeHorizonMs,
      maxAheadMs: meta.maxAheadMs,
    },
    keys,
    lakeKeys: new StreamLakeKeys(consumer, name),
    meta,
  };
  return {
    context,
    stream,
    isBegun: stored !== null,
    differences: stored === null ? [] : metaDifferences(stored, wanted),
    isPublisher,
    close,
  };
}

const NO_STATE: StateStore = {
  get: async () => null,
  async *query() {
    // There is nothing.
  },
  async transact() {
    throw new TerminalError('state_missing', 'no state exists to change');
  },
};

/** A stream whose every call fails as retryable, because nothing can be known of it. */
function absentStream(name: string, clock: Clock): EventStream {
  const fail = async () => {
    throw new RetryableError(`stream ${name} does not exist`);
  };
  return {
    name,
    identity: fail,
    listShards: async () => [],
    read: fail,
    put: fail,
    now: async () => clock.now(),
  };
}

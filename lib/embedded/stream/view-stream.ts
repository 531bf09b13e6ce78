import { FileObjectStore } from '../../../lambdas/shared/adapters/local/file-object-store.ts';
import { LocalEventStream } from '../../../lambdas/shared/adapters/local/local-event-stream.ts';
import { SqliteStateStore } from '../../../lambdas/shared/adapters/local/sqlite-state-store.ts';
import type { Clock } from '../../../lambdas/shared/ports/clock.ts';
import type { EventStream } from '../../../lambdas/shared/ports/event-stream.ts';
import type { StateStore } from '../../../lambdas/shared/ports/state-store.ts';
import { SystemClock } from '../../../lambdas/shared/runtime/clock.ts';
import { RetryableError, TerminalError } from '../../../lambdas/shared/runtime/errors.ts';
import { SystemRandomness } from '../../../lambdas/shared/runtime/randomness.ts';
import { StreamLakeKeys } from '../../../lambdas/shared/state/lake-keys.ts';
import { StateKeys } from '../../../lambdas/shared/state/state-keys.ts';
import type { StreamContext } from '../../../lambdas/shared/state/stream-context.ts';
import {
  metaDifferences,
  metaOfConfig,
  type StreamMeta,
} from '../../../lambdas/shared/state/stream-meta.ts';
import { CODE_VERSION } from './code-version.ts';
import type { LocalStreamOptions } from './local-stream.ts';
import type { CountingStream } from './unread-records.ts';

/** A consumer as it is, looked at without beginning or changing anything. */
export interface StreamSight {
  /** Its times are those that the consumer began with. It writes nothing. */
  readonly context: StreamContext;
  /** Null where there is none. */
  readonly stream: (EventStream & CountingStream) | null;
  /** False: it has not begun, there is no state of it. */
  readonly isBegun: boolean;
  /** Why `tandem stream` would refuse to go on with it; empty: it would not. */
  readonly differences: readonly string[];
  close(): void;
}

/** Looks at the stream of a folder and the state of a lake, whichever of the two there is. */
export async function sightLocalStream(options: LocalStreamOptions): Promise<StreamSight> {
  const { config, consumer } = options;
  const clock = new SystemClock();
  const { name } = config.stream;
  const stream = await findStream(options.streamDir, name, clock);
  const state = SqliteStateStore.exists(options.lakeDir)
    ? await SqliteStateStore.open({ lakeRoot: options.lakeDir, clock })
    : null;
  const keys = new StateKeys(consumer, name);
  const item = (await state?.get(keys.meta)) ?? null;
  const stored = item === null ? null : (item.attributes as unknown as StreamMeta);
  const identity = (await stream?.identity()) ?? stored?.streamIdentity ?? '';
  const wanted = metaOfConfig(config, identity, 'start');
  const meta = stored ?? wanted;
  const context: StreamContext = {
    state: state ?? NO_STATE,
    lake: new FileObjectStore(options.lakeDir),
    landing: new FileObjectStore(options.landingDir),
    stream: stream ?? absentStream(name, clock),
    clock,
    randomness: new SystemRandomness(),
    metrics: options.metrics,
    consumer,
    codeVersion: CODE_VERSION,
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
    close() {
      stream?.close();
      state?.close();
    },
  };
}

async function findStream(dir: string, name: string, clock: Clock) {
  try {
    return await LocalEventStream.open({ dir, name, clock });
  } catch (error) {
    if (error instanceof TerminalError && error.code === 'stream_not_found') return null;
    throw error;
  }
}

const NO_STATE: StateStore = {
  get: async () => null,
  async *query() {
    // There is nothing.
  },
  async transact() {
    throw new TerminalError('state_missing', 'there is no state to change');
  },
};

/** Nothing can be said of it: whoever asks is to try again later. */
function absentStream(name: string, clock: Clock): EventStream {
  const fail = async () => {
    throw new RetryableError(`no stream ${name} to look at`);
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

import type { Config } from '../model/config.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStream } from '../ports/event-stream.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Randomness } from '../ports/randomness.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { StreamTimes } from '../rules/lateness.ts';
import { StreamLakeKeys } from './lake-keys.ts';
import { StateKeys } from './state-keys.ts';
import { ensureMeta, metaOfConfig, type StreamMeta, timesOfConfig } from './stream-meta.ts';

/** What the stream door needs of the world. */
export interface StreamPorts {
  readonly state: StateStore;
  readonly lake: ObjectStore;
  readonly landing: ObjectStore;
  readonly stream: EventStream;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly metrics: Metrics;
}

/** One consumer of one stream: ports, keys and settings. Every step of the protocol takes it. */
export interface StreamContext extends StreamPorts {
  readonly consumer: string;
  /** Version of code and runtime, stored with entries and plans. */
  readonly codeVersion: string;
  readonly config: Config;
  readonly times: StreamTimes;
  readonly keys: StateKeys;
  readonly lakeKeys: StreamLakeKeys;
  readonly meta: StreamMeta;
}

/**
 * Opens a consumer: writes its META, or checks that config and stream are those it began with.
 * Throws `TerminalError` `stream_differs` or `log_format_newer`. `start` (the word, or an instant
 * in ISO 8601) matters to a new consumer only.
 */
export async function openStreamContext(
  ports: StreamPorts,
  options: {
    readonly consumer: string;
    readonly codeVersion: string;
    readonly config: Config;
    readonly start?: string;
  },
): Promise<StreamContext> {
  const { consumer, codeVersion, config, start = 'start' } = options;
  const keys = new StateKeys(consumer, ports.stream.name);
  const wanted = metaOfConfig(config, await ports.stream.identity(), start);
  const meta = await ensureMeta(ports.state, keys, wanted, ports.randomness.id());
  return {
    ...ports,
    consumer,
    codeVersion,
    config,
    times: timesOfConfig(config),
    keys,
    lakeKeys: new StreamLakeKeys(consumer, ports.stream.name),
    meta,
  };
}

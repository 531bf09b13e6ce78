import { type Config, parseConfig } from '../../lambdas/shared/model/config.ts';
import type { EventStream } from '../../lambdas/shared/ports/event-stream.ts';
import type { MetricName, Metrics } from '../../lambdas/shared/ports/metrics.ts';
import type { Randomness } from '../../lambdas/shared/ports/randomness.ts';
import {
  openStreamContext,
  type StreamContext,
  type StreamPorts,
} from '../../lambdas/shared/state/stream-context.ts';
import { MemoryEventStream } from './memory/memory-event-stream.ts';
import { MemoryObjectStore } from './memory/memory-object-store.ts';
import { MemoryStateStore } from './memory/memory-state-store.ts';
import { VirtualClock } from './memory/virtual-clock.ts';

/** Numbers one after the other instead of draws. */
export class CountingRandomness implements Randomness {
  #count = 0;

  fraction(): number {
    return 0.5;
  }

  id(): string {
    this.#count += 1;
    return this.#count.toString(16).padStart(16, '0');
  }
}

/** Keeps what was counted. */
export class MetricsLog implements Metrics {
  readonly counted: {
    readonly name: MetricName;
    readonly where: Readonly<Record<string, string>>;
  }[] = [];

  count(name: MetricName, where: Readonly<Record<string, string>>): void {
    this.counted.push({ name, where });
  }
}

/** 2026-01-10T12:00:00Z. */
export const WORLD_START_MS = Date.UTC(2026, 0, 10, 12);

export interface StreamWorld extends StreamPorts {
  readonly state: MemoryStateStore;
  readonly lake: MemoryObjectStore;
  readonly landing: MemoryObjectStore;
  readonly stream: MemoryEventStream;
  readonly clock: VirtualClock;
  readonly metrics: MetricsLog;
  readonly config: Config;
  open(consumer?: string): Promise<StreamContext>;
}

/** Everything a stream needs, in memory, at a time that stands still. */
export function createStreamWorld(
  options: { readonly shardCount?: number; readonly config?: unknown } = {},
): StreamWorld {
  const clock = new VirtualClock(WORLD_START_MS);
  const ports = {
    clock,
    state: new MemoryStateStore({ clock }),
    lake: new MemoryObjectStore(clock),
    landing: new MemoryObjectStore(clock),
    stream: new MemoryEventStream({ name: 'orders', shardCount: options.shardCount ?? 1, clock }),
    randomness: new CountingRandomness(),
    metrics: new MetricsLog(),
  };
  const config = parseConfig(options.config ?? {});
  const open = (consumer = 'default') =>
    openStreamContext(ports, { consumer, codeVersion: 'test', config });
  return { ...ports, config, open };
}

/** As Kinesis: it gives records, and cannot count them. */
export function readingOnly(stream: EventStream): EventStream {
  return {
    name: stream.name,
    identity: () => stream.identity(),
    listShards: () => stream.listShards(),
    put: (records) => stream.put(records),
    now: () => stream.now(),
    read: (...asked) => stream.read(...asked),
  };
}

/** One event as a producer sends it; `order` overrides the fields of a valid order. */
export function anEvent(order: Readonly<Record<string, unknown>> = {}): Uint8Array {
  const event = {
    order_id: 'o1',
    customer_id: 'c1',
    product_id: 'p1',
    order_timestamp: '2026-01-10T11:59:00Z',
    quantity: 1,
    price: '10.00',
    status: 'completed',
    ...order,
  };
  return new TextEncoder().encode(JSON.stringify(event));
}

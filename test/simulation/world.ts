import type { NewRecord, Shard, StreamRecord } from '../../lambdas/shared/ports/event-stream.ts';
import type { StateKey, StateOperation } from '../../lambdas/shared/ports/state-store.ts';
import { Random } from '../../lib/embedded/generate/random.ts';
import { MemoryEventStream } from '../support/memory/memory-event-stream.ts';
import { MemoryObjectStore } from '../support/memory/memory-object-store.ts';
import { MemoryStateStore } from '../support/memory/memory-state-store.ts';
import type { Host } from './actors.ts';
import type { Canary } from './canaries.ts';
import { Editions } from './check/dimension-checks.ts';
import { Observer } from './check/observer.ts';
import { type FaultName, Faults } from './faults.ts';
import { MemoryPool } from './memory-pool.ts';
import { Scheduler } from './scheduler.ts';
import { drawSettings, type Settings } from './settings.ts';
import type { SimProcess } from './sim-process.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** Null: those that the seed draws. */
  readonly only: readonly FaultName[] | null;
  readonly canary: Canary;
}

/** 2026-01-10T12:00:00Z. */
const START_MS = Date.UTC(2026, 0, 10, 12);

/** One shard of the stream with all records it ever held. */
export interface ShardHistory {
  readonly shard: Shard;
  readonly records: StreamRecord[];
  /** Records with a smaller index have left the stream. */
  trimmedCount: number;
  isClosed: boolean;
  isGone: boolean;
}

/** Streams of random numbers that do not move each other. */
export interface Randoms {
  readonly workload: Random;
  readonly schedule: Random;
  readonly faults: Random;
  readonly ids: Random;
  readonly actors: Random;
}

/** Everything outside the processes: stores, stream, time, chance, and what really happened. */
export class World {
  readonly randoms: Randoms;
  readonly faults: Faults;
  readonly settings: Settings;
  readonly scheduler: Scheduler;
  readonly state: MemoryStateStore;
  readonly lake: MemoryObjectStore;
  readonly landing: MemoryObjectStore;
  /** Messages about batches that the mapping gave up. */
  readonly messages: MemoryObjectStore;
  readonly stream: MemoryEventStream;
  readonly observer: Observer;
  readonly editions = new Editions();
  readonly canary: Canary;
  readonly shards = new Map<string, ShardHistory>();
  /** By kind and version: environments that wait for a start. */
  readonly hosts = new Map<string, Host[]>();
  readonly memory = new MemoryPool();
  readonly processes: SimProcess[] = [];
  /** Records that messages hold, by shard and sequence number: a redrive brings them back. */
  readonly kept = new Set<string>();
  readonly committedTokens = new Map<string, number>();
  /** Until then the state is out of order. */
  outageUntilMs = 0;
  readonly #hidden = new Map<string, number>();
  #idCount = 0;
  #processCount = 0;

  constructor({ seed, only, canary }: SimulationOptions) {
    const random = (stream: number) => new Random(seed, stream, 0x51);
    this.randoms = {
      workload: random(1),
      schedule: random(2),
      faults: random(3),
      ids: random(4),
      actors: random(5),
    };
    this.canary = canary;
    const choice = { only: only ?? canary.needs ?? null, always: canary.needs ?? [] };
    this.faults = new Faults(random(6), this.randoms.faults, choice);
    this.settings = drawSettings(random(7), this.faults);
    const { meanStepMs, stickiness, shardCount } = this.settings;
    const options = { random: this.randoms.schedule, startAtMs: START_MS, meanStepMs, stickiness };
    this.scheduler = new Scheduler(options);
    const clock = this.scheduler;
    this.state = new MemoryStateStore({ clock });
    this.lake = new MemoryObjectStore(clock);
    this.landing = new MemoryObjectStore(clock);
    this.messages = new MemoryObjectStore(clock);
    this.stream = new MemoryEventStream({ name: 'orders', shardCount, clock });
    this.observer = new Observer(this);
  }

  nextId(): number {
    this.#idCount += 1;
    return this.#idCount;
  }

  nextProcessNumber(): number {
    this.#processCount += 1;
    return this.#processCount;
  }

  /** Takes note of shards that are new. */
  async refreshShards(): Promise<void> {
    const listed = await this.stream.listShards();
    for (const shard of listed) {
      if (this.shards.has(shard.shardId)) continue;
      const history = { shard, records: [], trimmedCount: 0, isClosed: false, isGone: false };
      this.shards.set(shard.shardId, history);
      for (const parentId of shard.parentShardIds) {
        const parent = this.shards.get(parentId);
        if (parent !== undefined) parent.isClosed = true;
      }
    }
    const ids = new Set(listed.map(({ shardId }) => shardId));
    for (const [shardId, history] of this.shards) history.isGone = !ids.has(shardId);
  }

  /** The producer's records. The memory stream takes them at once, so no order is lost. */
  put(records: readonly NewRecord[]): void {
    if (records.length === 0) return;
    const nowMs = this.scheduler.now();
    void this.stream.put(records).then((results) => {
      for (const [index, result] of results.entries()) {
        if (result.status !== 'stored') continue;
        const { sequenceNumber, shardId } = result;
        const { partitionKey, data } = records[index];
        const record = { sequenceNumber, partitionKey, data, arrivalTimeMs: nowMs };
        this.shards.get(shardId)?.records.push(record);
      }
      this.scheduler.note(`producer puts ${results.length} records`);
    });
  }

  /**
   * Records up to an index have left the stream, as if by age. No process hangs for as long as a
   * stream keeps a closed shard (a day at least), so none goes while somebody hangs.
   */
  trimThrough(shardId: string, index: number): void {
    const history = this.historyOf(shardId);
    const isSooner = history.isClosed && this.#isSomebodyHanging();
    if (index < history.trimmedCount || history.isGone || isSooner) return;
    this.stream.trimThrough(shardId, history.records[index].sequenceNumber);
    history.trimmedCount = index + 1;
    this.scheduler.note(`records up to ${index} of ${shardId.slice(-4)} leave the stream`);
    void this.refreshShards();
  }

  /** Closed shards without records are gone after the retention, too. */
  expire(): void {
    const { retentionMs } = this.settings;
    const endMs = this.scheduler.now() - retentionMs;
    for (const [shardId, { records }] of this.shards) {
      const kept = records.findIndex(({ arrivalTimeMs }) => arrivalTimeMs >= endMs);
      this.trimThrough(shardId, (kept < 0 ? records.length : kept) - 1);
    }
    if (this.#isSomebodyHanging()) return;
    this.stream.expire(retentionMs);
    void this.refreshShards();
  }

  #isSomebodyHanging(): boolean {
    const nowMs = this.scheduler.now();
    return this.processes.some((process) => !process.isDead && process.suspendedUntilMs > nowMs);
  }

  historyOf(shardId: string): ShardHistory {
    const history = this.shards.get(shardId);
    if (history === undefined) throw new Error(`${shardId} was never a shard`);
    return history;
  }

  /** Queries do not show what a transaction put, for a moment. */
  hide(operations: readonly StateOperation[], untilMs: number): void {
    for (const { kind, key } of operations) {
      if (kind === 'put') this.#hidden.set(`${key.pk} ${key.sk}`, untilMs);
    }
  }

  show(operations: readonly StateOperation[]): void {
    for (const { key } of operations) this.#hidden.delete(`${key.pk} ${key.sk}`);
  }

  isHidden({ pk, sk }: StateKey): boolean {
    return (this.#hidden.get(`${pk} ${sk}`) ?? 0) > this.scheduler.now();
  }
}

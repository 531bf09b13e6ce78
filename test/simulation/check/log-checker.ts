import type { StateOperation } from '../../../lambdas/shared/ports/state-store.ts';
import { entryOf, type LogEntry } from '../../../lambdas/shared/state/log-entry.ts';
import { headOf, type ShardHead } from '../../../lambdas/shared/state/shard-head.ts';
import { StateKeys } from '../../../lambdas/shared/state/state-keys.ts';
import type { SimProcess } from '../sim-process.ts';
import { expectThat } from '../violation.ts';
import type { World } from '../world.ts';
import { checkFence, checkSeal } from './entry-checks.ts';
import { checkHead, checkMoves } from './head-checks.ts';
import { checkRecords } from './record-checks.ts';
import { hasReached, orNull, type SeenShard } from './seen.ts';
import { type ModelTimes, ShardModel } from './shard-model.ts';

/** What the committed epoch says; the logs are held against it. */
export interface Committed {
  /** G; null: none. */
  readonly watermarkMs: number | null;
  /** Last version of a shard that is published; 0: none. */
  toVersion(shardId: string): number;
}

/** Keeps the logs of all shards as they were written, and checks each step (invariants 1–4, 8). */
export class LogChecker {
  readonly shards = new Map<string, SeenShard>();
  /** By shard and sequence number: the entry that holds the record. */
  readonly places = new Map<string, string>();
  readonly times: ModelTimes;
  readonly keys: StateKeys;
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    const { windows, stream } = world.settings.config;
    const { watermarkDelayMs, dedupeHorizonMs, maxAheadMs } = stream;
    const windowLengthMs = windows.lengthMs;
    this.times = { windowLengthMs, watermarkDelayMs, dedupeHorizonMs, maxAheadMs };
    this.keys = new StateKeys('default', world.stream.name);
  }

  shardOf(shardId: string): SeenShard {
    const shard = this.shards.get(shardId);
    expectThat(shard !== undefined, '4', () => `${shardId} has a log and no HEAD`);
    return shard;
  }

  /** Children that the stream knows of. */
  childrenOf(shardId: string): string[] {
    return [...this.#world.shards.values()]
      .filter(({ shard }) => shard.parentShardIds.includes(shardId))
      .map(({ shard }) => shard.shardId);
  }

  /** Gone from the stream without ever having had a HEAD. */
  isUnmet(shardId: string): boolean {
    return this.#world.historyOf(shardId).isGone && !this.shards.has(shardId);
  }

  /** Watermarks of everyone who reads the claims of a shard: itself, or its open descendants. */
  readersOf(shardId: string): (number | null)[] {
    const shard = this.shardOf(shardId);
    const own = shard.model.watermarkMs;
    if (!shard.head.sealed) return [own];
    const { children } = shard.head;
    if (children.length === 0) return [own];
    return children.flatMap((childId) =>
      this.shards.has(childId) ? this.readersOf(childId) : [own],
    );
  }

  async onShard(
    process: SimProcess,
    shardId: string,
    operations: readonly StateOperation[],
    committed: Committed,
  ): Promise<void> {
    const item = await this.#world.state.get(this.keys.head(shardId));
    if (item === null) return;
    const head = headOf(item.attributes);
    const isNew = operations.some(({ kind, key }) => kind === 'put' && key.sk === 'HEAD');
    if (isNew) this.#open(shardId, head, committed);
    const shard = this.shardOf(shardId);
    const before = shard.head;
    for (const operation of operations) {
      const { kind, key } = operation;
      if (!key.sk.startsWith('LOG#')) continue;
      const version = Number(key.sk.slice('LOG#'.length));
      if (kind === 'delete') this.#checkDelete(shard, version, head, committed);
      if (kind !== 'put') continue;
      const entry = entryOf(version, operation.attributes);
      await this.#append(process, shard, entry, committed);
    }
    shard.head = head;
    checkMoves(shardId, before, head);
    checkHead(shard, this, committed);
  }

  #open(shardId: string, head: ShardHead, committed: Committed): void {
    expectThat(!this.shards.has(shardId), '4', () => `HEAD of ${shardId} is made twice`);
    const { shard } = this.#world.historyOf(shardId);
    const parents = shard.parentShardIds.flatMap((id) => this.shards.get(id) ?? []);
    for (const parent of parents) {
      const isSealed = parent.head.sealed;
      expectThat(isSealed, '4', () => `${shardId} begins before ${parent.shardId} is sealed`);
    }
    const floorMs = orNull(head.floorMs);
    const model =
      parents.length > 0
        ? ShardModel.childOf(
            this.times,
            parents.map((parent) => parent.model),
          )
        : new ShardModel(this.times, { floorMs, claims: [] });
    expectThat(model.floorMs === floorMs, '2', () => {
      return `${shardId} begins with floor ${floorMs}, the model with ${model.floorMs}`;
    });
    const { watermarkMs } = committed;
    const isBehind = watermarkMs !== null && !hasReached(floorMs, watermarkMs);
    expectThat(!isBehind, '6', () => `${shardId} begins at ${floorMs}, G is ${watermarkMs}`);
    const parentIds = parents.map((parent) => parent.shardId);
    const seen = { shardId, parentIds, entries: [], model, startFloorMs: floorMs, head };
    this.shards.set(shardId, seen);
  }

  async #append(
    process: SimProcess,
    shard: SeenShard,
    entry: LogEntry,
    committed: Committed,
  ): Promise<void> {
    const { shardId, entries, model } = shard;
    const { version } = entry;
    expectThat(version === entries.length + 1, '4', () => {
      return `version ${version} of ${shardId} is written after ${entries.length}`;
    });
    const isOver = entries.at(-1)?.entry.kind === 'seal';
    expectThat(!isOver, '4', () => `version ${version} of ${shardId} follows its seal`);
    const history = this.#world.historyOf(shardId);
    const { lengths } = { lengths: this.times };
    if (entry.kind === 'fence') {
      checkFence(shard, entry, { process, history, windowLengthMs: lengths.windowLengthMs });
      model.floorMs = entry.floorMs;
    }
    if (entry.kind === 'seal') checkSeal(shard, entry, history);
    const records =
      entry.kind === 'records' || entry.kind === 'redrive'
        ? await checkRecords(this.#world, this, shard, entry, committed)
        : [];
    const times = [orNull(entry.maxEventTimeMs), orNull(entry.floorMs)];
    expectThat(times[0] === model.maxEventTimeMs && times[1] === model.floorMs, '2', () => {
      const expected = [model.maxEventTimeMs, model.floorMs];
      return `times behind ${version} of ${shardId} are ${times}, the model's ${expected}`;
    });
    entries.push({ entry, records, watermarkMs: model.watermarkMs, isLive: true });
  }

  /** Invariant 8: it is published, and nobody who reads it may still meet one of its claims. */
  #checkDelete(shard: SeenShard, version: number, head: ShardHead, committed: Committed): void {
    const { shardId, entries } = shard;
    const seen = entries[version - 1];
    if (!seen.isLive) return;
    seen.isLive = false;
    const toVersion = committed.toVersion(shardId);
    expectThat(version <= toVersion, '8', () => {
      return `version ${version} of ${shardId} is deleted, published are those up to ${toVersion}`;
    });
    expectThat(version < head.claimsFrom, '8', () => {
      return `version ${version} of ${shardId} is deleted, claimsFrom is ${head.claimsFrom}`;
    });
    this.checkExpired(shardId, version);
  }

  checkExpired(shardId: string, version: number): void {
    const { entry } = this.shardOf(shardId).entries[version - 1];
    if (entry.kind === 'fence' || entry.kind === 'seal' || entry.claimMaxMs === null) return;
    const expiresAtMs = entry.claimMaxMs + this.times.dedupeHorizonMs;
    for (const watermarkMs of this.readersOf(shardId)) {
      expectThat(hasReached(watermarkMs, expiresAtMs), '8', () => {
        return `claims of ${version} of ${shardId} are let go before ${expiresAtMs}`;
      });
    }
  }
}

import type { World } from './world.ts';

const MINUTE_MS = 60_000;
const SHARDS_MAX = 9;

/** Splits and merges shards while records come. */
export class Resharder {
  readonly #world: World;
  #left: number;

  constructor(world: World) {
    this.#world = world;
    this.#left = world.randoms.actors.between(1, 4);
    this.#later();
  }

  #later(): void {
    const { scheduler, randoms } = this.#world;
    scheduler.after(randoms.actors.between(1, 25) * MINUTE_MS, () => this.#reshard());
  }

  #reshard(): void {
    const { faults, randoms, shards, scheduler } = this.#world;
    if (faults.isStopped || this.#left === 0) return;
    this.#left -= 1;
    const open = [...shards.values()].filter(({ isClosed }) => !isClosed);
    const neighbours = open.flatMap((low) => {
      const next = BigInt(low.shard.hashKeyRange.end) + 1n;
      const high = open.find(({ shard }) => BigInt(shard.hashKeyRange.start) === next);
      return high === undefined ? [] : [[low.shard.shardId, high.shard.shardId] as const];
    });
    if (neighbours.length > 0 && (randoms.actors.chance(0.4) || shards.size >= SHARDS_MAX)) {
      const [low, high] = neighbours[randoms.actors.below(neighbours.length)];
      scheduler.note(`operator merges ${low} and ${high}`);
      void this.#world.stream.merge(low, high).then(() => this.#world.refreshShards());
    } else if (shards.size < SHARDS_MAX) {
      const { shardId } = open[randoms.actors.below(open.length)].shard;
      scheduler.note(`operator splits ${shardId}`);
      void this.#world.stream.split(shardId).then(() => this.#world.refreshShards());
    }
    this.#later();
  }
}

/** Lets records go that are older than the retention, as Kinesis does. */
export class Retention {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    this.#later();
  }

  #later(): void {
    const { scheduler, randoms } = this.#world;
    scheduler.after(randoms.actors.between(1, 8) * MINUTE_MS, () => this.#trim());
  }

  #trim(): void {
    const { faults } = this.#world;
    if (faults.isStopped) return;
    if (faults.strikes('trim')) this.#world.expire();
    this.#later();
  }
}

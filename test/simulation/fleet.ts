import { EnvironmentPool } from './environments.ts';
import { ShardMapping } from './mapping.ts';
import type { World } from './world.ts';

const REFRESH_MS = 20_000;

/** The mappings of all shards, those that come up meanwhile included. */
export class Fleet {
  readonly #world: World;
  readonly #pool: EnvironmentPool;
  readonly #mappings = new Map<string, ShardMapping[]>();

  constructor(world: World) {
    this.#world = world;
    this.#pool = new EnvironmentPool(world);
    this.#refresh();
  }

  /** Everything that can be delivered was. */
  get isIdle(): boolean {
    const { shards } = this.#world;
    const all = [...this.#mappings.values()].flat();
    return this.#mappings.size === shards.size && all.every((mapping) => mapping.isIdle);
  }

  #refresh(): void {
    const { shards, faults, scheduler, randoms } = this.#world;
    for (const [shardId, { records }] of shards) {
      if (this.#mappings.has(shardId)) continue;
      const mappings = [this.#map(shardId, 0)];
      if (faults.strikes('two_consumers')) {
        mappings.push(this.#map(shardId, randoms.actors.below(records.length + 1)));
      }
      this.#mappings.set(shardId, mappings);
    }
    scheduler.after(REFRESH_MS, () => this.#refresh());
  }

  #map(shardId: string, from: number): ShardMapping {
    // A parent that was gone before anybody looked is over.
    const isOver = (parentId: string) => this.#mappings.get(parentId)?.[0].isOver ?? true;
    return new ShardMapping(this.#world, this.#pool, shardId, { isOver, from });
  }
}

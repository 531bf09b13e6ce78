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

/** Overwrites a file of the dimensions now and then. */
export class DimensionEditor {
  readonly #world: World;
  #edition = 0;

  constructor(world: World) {
    this.#world = world;
    this.#write('customers', customersCsv(0));
    this.#write('products', productsCsv(0));
    if (world.faults.has('dimension_change')) this.#later();
  }

  #later(): void {
    const { scheduler, randoms } = this.#world;
    scheduler.after(randoms.actors.between(1, 15) * MINUTE_MS, () => this.#edit());
  }

  #edit(): void {
    const { faults, randoms, scheduler } = this.#world;
    if (faults.isStopped) return;
    if (faults.strikes('dimension_change')) {
      this.#edition += 1;
      scheduler.note(`edition ${this.#edition} of a dimension`);
      if (randoms.actors.chance(0.5)) this.#write('customers', customersCsv(this.#edition));
      else this.#write('products', productsCsv(this.#edition));
    }
    this.#later();
  }

  #write(name: string, text: string): void {
    const key = `${name}/${name}.csv`;
    void this.#world.landing.put(key, new TextEncoder().encode(text));
  }
}

function customersCsv(edition: number): string {
  return [
    'customer_id,customer_name,customer_email,customer_segment,registration_date',
    `c1,Ada ${edition},ada@example.org,gold,2020-01-0${1 + (edition % 9)}`,
    `c2,Bob ${edition},,silver,2021-13-01`,
    '',
  ].join('\n');
}

function productsCsv(edition: number): string {
  return [
    'product_id,product_name,category,brand,list_price',
    `p1,Pen ${edition},office,Acme,${edition}.50`,
    `p2,Pot ${edition},kitchen,,x`,
    `p1,Other ${edition},office,Acme,1.00`,
    '',
  ].join('\n');
}

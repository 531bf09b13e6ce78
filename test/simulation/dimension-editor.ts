import type { DimensionName } from './check/dimension-checks.ts';
import type { World } from './world.ts';

const MINUTE_MS = 60_000;

/** What an upload that was cut, an empty export or another system leave. */
const BAD_TEXTS = ['', ';', 'name,category\nPen,office\n'];

/** Overwrites a file of the dimensions now and then, and leaves a bad one for a while. */
export class DimensionEditor {
  readonly #world: World;
  #edition = 0;

  constructor(world: World) {
    this.#world = world;
    this.#write('customers');
    this.#write('products');
    const { faults } = world;
    if (faults.has('dimension_change') || faults.has('bad_dimension')) this.#later();
  }

  /** From here on every file can be read. */
  mend(): void {
    const { editions } = this.#world;
    for (const name of ['customers', 'products'] as const) {
      if (!editions.isGood(name)) this.#write(name);
    }
  }

  #later(): void {
    const { scheduler, randoms } = this.#world;
    scheduler.after(randoms.actors.between(1, 15) * MINUTE_MS, () => this.#edit());
  }

  #edit(): void {
    const { faults, randoms } = this.#world;
    if (faults.isStopped) return;
    if (faults.strikes('dimension_change') || faults.strikes('bad_dimension')) {
      this.#edition += 1;
      this.#write(randoms.actors.chance(0.5) ? 'customers' : 'products');
    }
    this.#later();
  }

  #write(name: DimensionName): void {
    const { faults, landing, editions, scheduler } = this.#world;
    const isGood = !faults.strikes('bad_dimension');
    const good = name === 'customers' ? customersCsv(this.#edition) : productsCsv(this.#edition);
    const text = isGood ? good : BAD_TEXTS[faults.random.below(BAD_TEXTS.length)];
    scheduler.note(`edition ${this.#edition} of ${name}, ${isGood ? 'good' : 'bad'}`);
    const put = landing.put(`${name}/${name}.csv`, new TextEncoder().encode(text));
    void put.then(({ etag }) => editions.onWrite(name, etag, isGood));
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

import type { Config } from '../../../lambdas/shared/model/config.ts';
import { Random } from './random.ts';

const VALUES_KEY = 0x56414c53;

/**
 * The values of an order, drawn from the seed and the order's index alone: a copy equals its order,
 * and no row has to be kept.
 */
export class OrderValues {
  hasId = true;
  /** Counts from 1, as in `c17` and `p3`. */
  customerNumber = 0;
  productNumber = 0;
  quantity = 0;
  priceCents = 0;
  statusIndex = 0;

  private readonly seed: number;
  private readonly config: Config['generate'];
  private readonly random = new Random(0, 0, 0);

  constructor(seed: number, config: Config['generate']) {
    this.seed = seed;
    this.config = config;
  }

  /** Sets the fields to the values of this order: always the same for one seed and config. */
  draw(orderIndex: number): void {
    const { random, config, seed } = this;
    random.restart(seed ^ VALUES_KEY, Math.floor(seed / 2 ** 32), orderIndex);
    this.customerNumber = 1 + random.below(config.customers);
    this.productNumber = 1 + random.below(config.products);
    const quantity = random.between(config.quantityMin, config.quantityMax);
    const priceCents = random.between(config.priceMinCents, config.priceMaxCents);
    this.statusIndex = random.below(config.statuses.length);
    this.quantity = random.chance(config.negativeQuantityRate) ? -quantity : quantity;
    this.priceCents = random.chance(config.negativePriceRate) ? -priceCents : priceCents;
    this.hasId = !random.chance(config.missingIdRate);
  }
}

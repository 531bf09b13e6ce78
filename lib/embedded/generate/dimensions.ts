import type { Config } from '../../../lambdas/shared/model/config.ts';
import { formatCents } from '../../../lambdas/shared/model/money.ts';
import { formatDay } from '../../../lambdas/shared/model/time.ts';
import { Random } from './random.ts';

const CUSTOMERS_KEY = 0x43555354;
const PRODUCTS_KEY = 0x50524f44;

const SEGMENTS = ['consumer', 'corporate', 'small business', 'public sector'];
const FIRST_REGISTRATION_DAY = 18_262;
const LAST_REGISTRATION_DAY = 20_453;

const CATEGORIES = [
  { name: 'Kitchen', nouns: ['Kettle', 'Toaster', 'Pan', 'Knife Set', 'Blender'] },
  { name: 'Office', nouns: ['Desk Lamp', 'Chair', 'Notebook', 'Shelf', 'Keyboard'] },
  { name: 'Garden', nouns: ['Watering Can', 'Spade', 'Bench', 'Planter', 'Lantern'] },
  { name: 'Sports', nouns: ['Yoga Mat', 'Water Bottle', 'Backpack', 'Racket', 'Jump Rope'] },
  { name: 'Home', nouns: ['Blanket', 'Mirror', 'Clock', 'Curtain', 'Pillow'] },
];
const ADJECTIVES = ['Classic', 'Compact', 'Light', 'Solid', 'Foldable', 'Large', 'Basic'];
const BRANDS = ['Alder', 'Birch', 'Cedar', 'Hazel', 'Linden', 'Maple', 'Rowan'];

/** The content of `customers/customers.csv`, in pieces; the same for the same seed. */
export function* customerRows(config: Config['generate'], seed: number): Generator<string> {
  yield 'customer_id,customer_name,customer_email,customer_segment,registration_date\n';
  const random = new Random(seed, Math.floor(seed / 2 ** 32), CUSTOMERS_KEY);
  for (let number = 1; number <= config.customers; number++) {
    const segment = SEGMENTS[random.below(SEGMENTS.length)];
    const day = formatDay(random.between(FIRST_REGISTRATION_DAY, LAST_REGISTRATION_DAY));
    yield `c${number},Customer ${number},customer${number}@example.com,${segment},${day}\n`;
  }
}

/** The content of `products/products.csv`, in pieces; the same for the same seed. */
export function* productRows(config: Config['generate'], seed: number): Generator<string> {
  yield 'product_id,product_name,category,brand,list_price\n';
  const random = new Random(seed, Math.floor(seed / 2 ** 32), PRODUCTS_KEY);
  for (let number = 1; number <= config.products; number++) {
    const category = CATEGORIES[random.below(CATEGORIES.length)] as (typeof CATEGORIES)[number];
    const noun = category.nouns[random.below(category.nouns.length)];
    const adjective = ADJECTIVES[random.below(ADJECTIVES.length)];
    const brand = BRANDS[random.below(BRANDS.length)];
    const price = formatCents(random.between(config.priceMinCents, config.priceMaxCents));
    yield `p${number},${adjective} ${noun} ${number},${category.name},${brand},${price}\n`;
  }
}

import { formatCents } from '../../../lambdas/shared/model/money.ts';

/** Sums by day, or by hour of the day: few, and exact. */
export type CellSums = Map<number, CellSum>;

/** Sums below this are kept as a number, which a double holds exactly, then moved to a bigint. */
const LOW_LIMIT = 2 ** 52;

class CellSum {
  orders = 0;
  #low = 0;
  #high = 0n;

  add(orders: number, cents: number | bigint): void {
    this.orders += orders;
    if (typeof cents === 'bigint') {
      this.#high += cents;
      return;
    }
    this.#low += cents;
    if (this.#low < LOW_LIMIT) return;
    this.#high += BigInt(this.#low);
    this.#low = 0;
  }

  get cents(): bigint {
    return this.#high + BigInt(this.#low);
  }
}

/** Adds orders and cents to a cell; cents given as a number must be below 2^52. */
export function sumInto(
  cells: CellSums,
  key: number,
  orders: number,
  cents: number | bigint,
): void {
  const known = cells.get(key);
  if (known !== undefined) {
    known.add(orders, cents);
    return;
  }
  const cell = new CellSum();
  cell.add(orders, cents);
  cells.set(key, cell);
}

/** The first key, in order, whose sums differ, with a text for people; null: none. */
export function differentCell(
  expected: CellSums,
  found: CellSums,
): { readonly key: number; readonly text: string } | null {
  const keys = [...new Set([...expected.keys(), ...found.keys()])].sort((a, b) => a - b);
  for (const key of keys) {
    const [want, has] = [expected.get(key), found.get(key)];
    if (want?.orders === has?.orders && want?.cents === has?.cents) continue;
    return { key, text: `is ${textOf(has)}, but the orders are ${textOf(want)}` };
  }
  return null;
}

function textOf(sum: CellSum | undefined): string {
  return sum === undefined ? 'without a row' : `${sum.orders} worth ${formatCents(sum.cents)}`;
}

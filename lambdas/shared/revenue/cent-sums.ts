import { grown } from '../bytes/byte-dictionary.ts';

/** Sums are carried before they leave the range in which a double holds every integer. */
export const CARRY_BITS = 50;
export const CARRY_CENTS = 2 ** CARRY_BITS;

/** A sum in the two parts that `CentSums` holds. */
export interface CentParts {
  readonly low: number;
  readonly carries: number;
}

/** Splits an exact sum of cents into the two parts that doubles hold exactly. */
export function partsOf(cents: bigint): CentParts {
  const carries = cents / BigInt(CARRY_CENTS);
  return { low: Number(cents - carries * BigInt(CARRY_CENTS)), carries: Number(carries) };
}

/**
 * Counts and exact sums of cents, by index. One amount is at most 2^50; a sum may be as large as it
 * likes: it is held as a double and a number of carries, because doubles alone are exact only up to
 * 2^53.
 */
export class CentSums {
  counts: Float64Array;
  #low: Float64Array;
  #carries: Uint32Array;

  constructor(size: number) {
    this.counts = new Float64Array(size);
    this.#low = new Float64Array(size);
    this.#carries = new Uint32Array(size);
  }

  get size(): number {
    return this.counts.length;
  }

  /** Counts one order and adds its amount. */
  add(index: number, cents: number): void {
    this.counts[index] += 1;
    this.#addCents(index, cents);
  }

  /** The sum is `carriesAt * CARRY_CENTS + lowAt`. */
  lowAt(index: number): number {
    return this.#low[index];
  }

  carriesAt(index: number): number {
    return this.#carries[index];
  }

  /** Adds a count and a sum in two parts. */
  addParts(index: number, count: number, low: number, carries: number): void {
    this.counts[index] += count;
    this.#carries[index] += carries;
    this.#addCents(index, low);
  }

  centsAt(index: number): bigint {
    return BigInt(this.#carries[index]) * BigInt(CARRY_CENTS) + BigInt(this.#low[index]);
  }

  clear(): void {
    this.counts.fill(0);
    this.#low.fill(0);
    this.#carries.fill(0);
  }

  /** Room for indexes below `size`. */
  growTo(size: number): void {
    if (size <= this.size) return;
    const larger = Math.max(size, this.size * 2);
    const copied = (from: Float64Array) => {
      const to = new Float64Array(larger);
      to.set(from);
      return to;
    };
    this.counts = copied(this.counts);
    this.#low = copied(this.#low);
    this.#carries = grown(this.#carries, larger);
  }

  #addCents(index: number, cents: number): void {
    const sum = this.#low[index] + cents;
    if (sum < CARRY_CENTS) {
      this.#low[index] = sum;
    } else {
      this.#low[index] = sum - CARRY_CENTS;
      this.#carries[index] += 1;
    }
  }
}

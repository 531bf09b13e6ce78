const TWO_32 = 4_294_967_296;

/**
 * sfc32 (Chris Doty-Humphrey, PractRand): small, fast, and the same numbers on every machine and
 * version of Node. Generators with different keys are independent, so a key can be the index of a
 * row.
 */
export class Random {
  private a = 0;
  private b = 0;
  private c = 0;
  private counter = 0;

  constructor(key1: number, key2: number, key3: number) {
    this.restart(key1, key2, key3);
  }

  /**
   * Starts over with another key; twelve rounds, as the author of sfc32 advises, spread the key
   * over the state.
   */
  restart(key1: number, key2: number, key3: number): void {
    this.a = key1 | 0;
    this.b = key2 | 0;
    this.c = key3 | 0;
    this.counter = 1;
    for (let round = 0; round < 12; round++) this.uint32();
  }

  uint32(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A whole number in `[0, bound)`; the bias is below bound / 2^32. */
  below(bound: number): number {
    return Math.floor((this.uint32() / TWO_32) * bound);
  }

  /** A whole number in `[min, max]`. */
  between(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  /** True for a share `rate` of all calls. */
  chance(rate: number): boolean {
    return this.uint32() < rate * TWO_32;
  }

  /** Exponentially distributed with mean 1. */
  exponential(): number {
    return -Math.log((this.uint32() + 1) / TWO_32);
  }
}

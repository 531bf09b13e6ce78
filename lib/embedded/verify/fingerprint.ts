/** The two largest primes below 2^26: a product of two smaller numbers fits a double exactly. */
const PRIMES = [67_108_859, 67_108_837] as const;
/** Texts whose hashes are remembered before all are forgotten. */
const MEMO_TEXTS_MAX = 100_000;

type Pair = readonly [number, number];

/**
 * A fingerprint of sums of orders and cents by key, without keeping cells: each key has a
 * random-looking weight, and the weighted sums are kept modulo two primes. Equal cells give equal
 * fingerprints in any order and however split; different cells collide about once in 2^52.
 */
export class Fingerprint {
  readonly #orders = [0, 0];
  readonly #cents = [0, 0];

  /** Whole numbers of at least 0, the cents below 2^53 or a bigint. */
  add(weights: Pair, orders: number, cents: number | bigint): void {
    for (let lane = 0; lane < 2; lane++) {
      const prime = PRIMES[lane];
      const weight = weights[lane] % prime;
      const rest = typeof cents === 'bigint' ? Number(cents % BigInt(prime)) : cents % prime;
      this.#orders[lane] = (this.#orders[lane] + weight * (orders % prime)) % prime;
      this.#cents[lane] = (this.#cents[lane] + weight * rest) % prime;
    }
  }

  equals(other: Fingerprint): boolean {
    return this.#text() === other.#text();
  }

  #text(): string {
    return [...this.#orders, ...this.#cents].join(' ');
  }
}

/** Weights of keys: a product, or a product and a window. */
export class KeyWeights {
  readonly #memo = new Map<string, Pair>();

  ofProduct(productId: string): Pair {
    const known = this.#memo.get(productId);
    if (known !== undefined) return known;
    if (this.#memo.size >= MEMO_TEXTS_MAX) this.#memo.clear();
    const weights = [hashOf(productId, 0x01000193), hashOf(productId, 0x9e3779b1)] as const;
    this.#memo.set(productId, weights);
    return weights;
  }

  ofWindow(productId: string, windowNumber: number): Pair {
    const [first, second] = this.ofProduct(productId);
    return [
      mixed(first ^ Math.imul(windowNumber, 0x85ebca6b)),
      mixed(second ^ Math.imul(windowNumber, 0xc2b2ae35)),
    ];
  }
}

function hashOf(text: string, multiplier: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), multiplier);
  return mixed(hash ^ text.length);
}

/** Spreads every bit over all: else windows side by side would have weights side by side. */
function mixed(bits: number): number {
  let hash = bits;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

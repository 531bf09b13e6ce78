/** Distinct keys that are told apart; the memory for that is 128 MiB. */
export const MAX_KEYS = 10_000_000;

const FIRST_SLOTS = 1 << 12;
/** Occupied share at which the table doubles. */
const FULL = 0.6;

/**
 * Counts distinct and repeated keys by 64-bit hashes of them in an open table. Two keys of one hash
 * among ten million have a chance of 1 in 300,000. Beyond `maxKeys` it stops to look.
 */
export class KeyCounter {
  #high = new Uint32Array(FIRST_SLOTS);
  #low = new Uint32Array(FIRST_SLOTS);
  readonly #maxKeys: number;
  distinct = 0;
  repeated = 0;
  /** More keys came than are told apart: what is said of them is of the first ones. */
  isFull = false;
  /** A key that came a second time. */
  example: string | null = null;

  constructor(maxKeys = MAX_KEYS) {
    this.#maxKeys = maxKeys;
  }

  /** Counts a key as new or repeated. */
  add(key: string): void {
    if (this.isFull) return;
    let high = 0x811c9dc5;
    let low = 0x9747b28c;
    for (let at = 0; at < key.length; at++) {
      const unit = key.charCodeAt(at);
      high = Math.imul(high ^ unit, 0x01000193);
      low = Math.imul(low ^ unit, 0x5bd1e995);
      low ^= low >>> 15;
    }
    high = mixed(high ^ key.length);
    // An empty slot is two zeros.
    low = mixed(low) | 1;
    if (this.#insert(high >>> 0, low >>> 0)) {
      this.distinct++;
      if (this.distinct >= this.#maxKeys) this.isFull = true;
      if (this.distinct > this.#low.length * FULL) this.#grow();
    } else {
      this.repeated++;
      this.example ??= key;
    }
  }

  #insert(high: number, low: number): boolean {
    const mask = this.#low.length - 1;
    for (let slot = (high ^ (low >>> 1)) & mask; ; slot = (slot + 1) & mask) {
      if (this.#low[slot] === 0) {
        this.#low[slot] = low;
        this.#high[slot] = high;
        return true;
      }
      if (this.#low[slot] === low && this.#high[slot] === high) return false;
    }
  }

  #grow(): void {
    const [highs, lows] = [this.#high, this.#low];
    this.#high = new Uint32Array(lows.length * 2);
    this.#low = new Uint32Array(lows.length * 2);
    for (let slot = 0; slot < lows.length; slot++) {
      if (lows[slot] !== 0) this.#insert(highs[slot], lows[slot]);
    }
  }
}

/** The last steps of MurmurHash3: each bit of the input changes half of the output. */
function mixed(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** What one record is told apart by. */
export type KeyChoice = 'order' | 'line_number' | 'product';

/** Of a pair of columns, or of the order alone: how many of its values came again. */
export interface CountedKey {
  readonly choice: KeyChoice;
  readonly repeated: number;
}

/**
 * Which columns make the order id: the order alone if it does not repeat, or if no pair repeats
 * much less, because then whole records come twice; otherwise the pair that repeats least.
 */
export function chooseKey(order: number, pairs: readonly CountedKey[]): KeyChoice {
  if (order === 0 || pairs.length === 0) return 'order';
  const best = pairs.reduce((a, b) => (b.repeated < a.repeated ? b : a));
  return best.repeated * 2 <= order ? best.choice : 'order';
}

/** Digits that a double holds exactly. */
const LOW_DIGITS = 15;

/**
 * Positions of stream records that were dropped because they equal batch's; needed only if another
 * record of the id comes. A sequence number has 56 digits, and neighbours begin alike: the first
 * digits are held once, the last ones as a number.
 */
export class TwinPositions {
  readonly #source: (string | null)[] = [];
  readonly #high: (string | null)[] = [];
  /** The last digits; -1: `high` is all. */
  #low = new Float64Array(1024);
  #lastHigh = '';

  /** Makes room for one more record. */
  add(): void {
    const size = this.#source.push(null);
    this.#high.push(null);
    if (size <= this.#low.length) return;
    const larger = new Float64Array(size * 2);
    larger.set(this.#low);
    this.#low = larger;
  }

  set(index: number, source: string, sequence: string): void {
    this.#source[index] = source;
    const cut = sequence.length - LOW_DIGITS;
    const low = cut > 0 ? Number(sequence.slice(cut)) : -1;
    this.#low[index] = low;
    if (low < 0) {
      this.#high[index] = sequence;
      return;
    }
    if (this.#lastHigh.length !== cut || !sequence.startsWith(this.#lastHigh)) {
      this.#lastHigh = sequence.slice(0, cut);
    }
    this.#high[index] = this.#lastHigh;
  }

  at(index: number): { source: string; sequence: string } {
    const low = this.#low[index];
    const digits = low < 0 ? '' : String(low).padStart(LOW_DIGITS, '0');
    return { source: this.#source[index] ?? '', sequence: `${this.#high[index] ?? ''}${digits}` };
  }
}

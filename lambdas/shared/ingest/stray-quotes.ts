/**
 * How many records of a batch have a field that begins with a stray quote (contract §1.1), any
 * field, and where the first of them starts in the window. Whoever empties the batch clears it.
 */
export class StrayQuotes {
  /** Both numbers: in the memory of a kernel, which counts as well. */
  readonly #cells: Int32Array;

  constructor(cells: Int32Array = new Int32Array(2)) {
    this.#cells = cells;
  }

  get records(): number {
    return this.#cells[0];
  }

  /** Means nothing while there are none. */
  get firstStart(): number {
    return this.#cells[1];
  }

  add(recordStart: number): void {
    if (this.#cells[0]++ === 0) this.#cells[1] = recordStart;
  }

  clear(): void {
    this.#cells[0] = 0;
  }
}

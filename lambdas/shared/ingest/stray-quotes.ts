/**
 * Counts the records of a batch in which any field begins with a stray quote (contract §1.1), and
 * keeps where the first of them starts in the window. Clear it when the batch is emptied.
 */
export class StrayQuotes {
  /** Count and position, in the memory of a kernel that updates them as well. */
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

/** A small object should not cost the memory of a whole part. */
const FIRST_BYTES = 64 * 1024;

/** Bytes of one upload part, in memory that grows as they come. */
export class PartBuffer {
  readonly #capacity: number;
  #bytes = new Uint8Array(0);
  #length = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get length(): number {
    return this.#length;
  }

  get isFull(): boolean {
    return this.#length === this.#capacity;
  }

  /** Takes as many as there is room for; how many. */
  append(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, this.#capacity - this.#length);
    this.#grow(this.#length + taken);
    this.#bytes.set(bytes.subarray(0, taken), this.#length);
    this.#length += taken;
    return taken;
  }

  /** What is in it, as memory of the caller's own; it is empty then. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#bytes = new Uint8Array(0);
    this.#length = 0;
    return taken;
  }

  #grow(length: number): void {
    if (length <= this.#bytes.length) return;
    const room = Math.max(length, 2 * this.#bytes.length, FIRST_BYTES);
    const grown = new Uint8Array(Math.min(room, this.#capacity));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

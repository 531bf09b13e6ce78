import type { KernelMemory } from './kernel-memory.ts';

const CHUNK_BYTES_MIN = 1024 * 1024;
const ALIGNMENT = 64;

/**
 * Regions of kernel memory that one thread takes and releases all at once, so that the same memory
 * serves one bucket after another.
 */
export class KernelArena {
  readonly memory: KernelMemory;
  readonly #chunks: { readonly at: number; readonly sizeBytes: number }[] = [];
  /** The chunk that is being used up, and how much of it is taken. */
  #chunk = 0;
  #taken = 0;

  constructor(memory: KernelMemory) {
    this.memory = memory;
  }

  /** The place of a region, aligned to 64 bytes. */
  take(sizeBytes: number): number {
    const size = Math.ceil(sizeBytes / ALIGNMENT) * ALIGNMENT;
    for (; this.#chunk < this.#chunks.length; this.#chunk++, this.#taken = 0) {
      const chunk = this.#chunks[this.#chunk];
      if (this.#taken + size > chunk.sizeBytes) continue;
      this.#taken += size;
      return chunk.at + this.#taken - size;
    }
    // Powers of two, so that sizes which grow a little from time to time find room.
    const chunkBytes = 2 ** Math.ceil(Math.log2(Math.max(size, CHUNK_BYTES_MIN)));
    this.#chunks.push({ at: this.memory.allocate(chunkBytes), sizeBytes: chunkBytes });
    this.#taken = size;
    return this.#chunks[this.#chunk].at;
  }

  /** All regions are free again. */
  reset(): void {
    this.#chunk = 0;
    this.#taken = 0;
  }

  /**
   * The address of a view's bytes where kernels reach them: the view's own, or that of a copy with
   * `slackBytes` after it.
   */
  place(view: ArrayBufferView, slackBytes = 0): number {
    if (this.memory.holds(view)) return view.byteOffset;
    const at = this.take(view.byteLength + slackBytes);
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    this.memory.bytes(at, view.byteLength).set(bytes);
    return at;
  }
}

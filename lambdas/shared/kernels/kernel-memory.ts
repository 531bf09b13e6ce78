import { assert } from '../model/errors.ts';

const PAGE_BYTES = 64 * 1024;
/** All that a WebAssembly memory can address, but for one page: then a place fits 32 bits. */
const MAX_PAGES = 65_535;
/** Smallest growth of the memory: address space, which costs nothing until it is touched. */
const GROWTH_PAGES = 512;
/** Kernels load and store 16 bytes at a time, also at the end of the last region. */
const OVERRUN_BYTES = 64;
/** Cache lines: two threads do not write to the same one. */
const ALIGNMENT = 64;

/**
 * Memory shared by WebAssembly kernels, typed arrays and threads: hand `memory` to another thread
 * and wrap it there. Regions are allocated in sequence and never freed, so use it for what lives as
 * long as the memory or is reused.
 */
export class KernelMemory {
  readonly memory: WebAssembly.Memory;
  /** Bytes taken so far by all threads; kept at the front of the memory. */
  readonly #taken: Uint32Array;
  /** Growing gives a new object for the same bytes; views of the ones before stay valid. */
  readonly #known = new WeakSet<ArrayBufferLike>();

  constructor(memory: WebAssembly.Memory) {
    this.memory = memory;
    this.#taken = new Uint32Array(memory.buffer, 0, 1);
  }

  /** A new shared memory with nothing allocated. */
  static create(): KernelMemory {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES + 1, shared: true });
    const created = new KernelMemory(memory);
    created.#taken[0] = ALIGNMENT;
    return created;
  }

  /** The place of a region, aligned to 64 bytes; null if that much is not left. */
  tryAllocate(sizeBytes: number): number | null {
    const size = Math.ceil(sizeBytes / ALIGNMENT) * ALIGNMENT;
    const limit = MAX_PAGES * PAGE_BYTES;
    if (size > limit || this.#taken[0] + size > limit) return null;
    const at = Atomics.add(this.#taken, 0, size);
    if (at + size > limit) {
      Atomics.sub(this.#taken, 0, size);
      return null;
    }
    return this.#reach(at + size + OVERRUN_BYTES) ? at : null;
  }

  /** Like `tryAllocate`, but asserts that the memory is available. */
  allocate(sizeBytes: number): number {
    const at = this.tryAllocate(sizeBytes);
    assert(at !== null, `${sizeBytes} bytes fit the memory of the kernels`);
    return at;
  }

  bytes(at: number, length: number): Uint8Array<ArrayBufferLike> {
    return new Uint8Array(this.#buffer(), at, length);
  }

  uint32s(at: number, length: number): Uint32Array<ArrayBufferLike> {
    return new Uint32Array(this.#buffer(), at, length);
  }

  int32s(at: number, length: number): Int32Array<ArrayBufferLike> {
    return new Int32Array(this.#buffer(), at, length);
  }

  doubles(at: number, length: number): Float64Array<ArrayBufferLike> {
    return new Float64Array(this.#buffer(), at, length);
  }

  /** True for a view of this memory that was made by this thread. */
  holds(view: ArrayBufferView): boolean {
    return this.#known.has(view.buffer);
  }

  #buffer(): ArrayBufferLike {
    const { buffer } = this.memory;
    this.#known.add(buffer);
    return buffer;
  }

  /** Two threads may both grow it; then it is larger than it had to be. */
  #reach(endBytes: number): boolean {
    for (;;) {
      const havePages = this.memory.buffer.byteLength / PAGE_BYTES;
      const missingPages = Math.ceil(endBytes / PAGE_BYTES) - havePages;
      if (missingPages <= 0) return true;
      try {
        this.memory.grow(Math.min(Math.max(missingPages, GROWTH_PAGES), MAX_PAGES + 1 - havePages));
      } catch {
        // The system has no more, or another thread was faster.
        return this.memory.buffer.byteLength >= endBytes;
      }
    }
  }
}

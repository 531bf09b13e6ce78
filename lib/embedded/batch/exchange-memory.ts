import type { BlockSink } from '../../../lambdas/batch/exchange/block-encoder.ts';
import { alignedTo8 } from '../../../lambdas/batch/exchange/slice-layout.ts';
import type { SliceRef } from '../../../lambdas/batch/exchange/slice-ref.ts';
import { workPrefix } from '../../../lambdas/batch/run/batch-plan.ts';
import type { KernelMemory } from '../../../lambdas/shared/kernels/kernel-memory.ts';
import { assert } from '../../../lambdas/shared/model/errors.ts';
import type { ObjectStore, ObjectWriter } from '../../../lambdas/shared/ports/object-store.ts';

/**
 * The exchange on one machine: blocks stay in memory that all threads share as long as the budget
 * lasts; the others go to one spill object per chunk.
 */

/** A block of the exchange, wherever it is. Threads hand it to each other. */
export interface ExchangeBlock {
  readonly place:
    | { readonly kind: 'memory'; readonly at: number; readonly sizeBytes: number }
    | { readonly kind: 'spill'; readonly key: string; readonly startByte: number };
  /**
   * Bucket (or range of products) b ends here in the block; the first one starts at 0. Few ends are
   * a plain list: a landing zone may have 100,000 files, and a typed array takes 200 bytes more.
   */
  readonly sliceEnds: ArrayLike<number>;
}

const UNIT_BYTES = 1024;

const LISTED_ENDS_MAX = 16;

/** Memory left for the exchange, counted by all threads together. */
export class ExchangeBudget {
  /** One number, in KiB: hand it to the other threads. */
  readonly counter: Int32Array;

  constructor(counter: Int32Array) {
    this.counter = counter;
  }

  /** A new budget, rounded down to KiB. */
  static of(bytes: number): ExchangeBudget {
    const counter = new Int32Array(new SharedArrayBuffer(4));
    counter[0] = Math.min(Math.floor(bytes / UNIT_BYTES), 2 ** 30);
    return new ExchangeBudget(counter);
  }

  /** False, and nothing taken, if that much is not left. */
  take(bytes: number): boolean {
    const units = Math.ceil(bytes / UNIT_BYTES);
    if (Atomics.sub(this.counter, 0, units) >= units) return true;
    Atomics.add(this.counter, 0, units);
    return false;
  }

  /** Returns bytes taken with the same size. */
  giveBack(bytes: number): void {
    Atomics.add(this.counter, 0, Math.ceil(bytes / UNIT_BYTES));
  }
}

/**
 * Takes the blocks of one chunk, or the window sums of one bucket, in memory or as spill objects.
 */
export class BlockExchange implements BlockSink {
  readonly blocks: ExchangeBlock[] = [];
  readonly #lake: ObjectStore;
  readonly #spillKey: string;
  readonly #budget: ExchangeBudget;
  readonly #memory: KernelMemory;
  readonly #spillBuffer: SpillBuffer;
  #spill: ObjectWriter | null = null;
  #spilledBytes = 0;
  #isInMemory = false;

  constructor(
    lake: ObjectStore,
    options: {
      readonly runId: string;
      /** Names the chunk and the attempt, or the bucket. */
      readonly name: string;
      readonly budget: ExchangeBudget;
      readonly memory: KernelMemory;
      readonly spillBuffer: SpillBuffer;
    },
  ) {
    this.#lake = lake;
    this.#spillKey = `${workPrefix(options.runId)}exchange/${options.name}.bin`;
    this.#budget = options.budget;
    this.#memory = options.memory;
    this.#spillBuffer = options.spillBuffer;
  }

  allocate(sizeBytes: number): Uint8Array {
    const isWithinBudget = this.#budget.take(sizeBytes);
    const at = isWithinBudget ? this.#memory.tryAllocate(sizeBytes) : null;
    if (isWithinBudget && at === null) this.#budget.giveBack(sizeBytes);
    this.#isInMemory = at !== null;
    return at === null ? this.#spillBuffer.take(sizeBytes) : this.#memory.bytes(at, sizeBytes);
  }

  async keep(block: Uint8Array, ends: Uint32Array): Promise<void> {
    const sliceEnds = ends.length > LISTED_ENDS_MAX ? ends : [...ends];
    if (this.#isInMemory) {
      const place = { kind: 'memory', at: block.byteOffset, sizeBytes: block.length } as const;
      this.blocks.push({ place, sliceEnds });
    } else {
      this.#spill ??= this.#lake.openWriter(this.#spillKey);
      await this.#spill.write(block);
      const place = { kind: 'spill', key: this.#spillKey, startByte: this.#spilledBytes } as const;
      this.blocks.push({ place, sliceEnds });
      this.#spilledBytes += block.length;
    }
  }

  /** Makes spilled blocks readable. */
  async finish(): Promise<ExchangeBlock[]> {
    await this.#spill?.commit({ ifNoneMatch: true });
    return this.blocks;
  }

  async abort(): Promise<void> {
    await this.#spill?.abort();
  }
}

/** Reusable memory for a block on its way to a spill object. */
export class SpillBuffer {
  #bytes = new Uint8Array(0);

  /** Room for a block, with any content; the same memory at each call. */
  take(sizeBytes: number): Uint8Array {
    if (this.#bytes.length < sizeBytes) this.#bytes = new Uint8Array(alignedTo8(sizeBytes * 1.25));
    return this.#bytes.subarray(0, sizeBytes);
  }
}

/** One bucket's slice of a block, in the form that the reduce step reads. */
export function sliceOf(
  lake: ObjectStore,
  memory: KernelMemory,
  { place, sliceEnds }: ExchangeBlock,
  bucketIndex: number,
  sourceIndex: number,
): SliceRef {
  const start = bucketIndex === 0 ? 0 : sliceEnds[bucketIndex - 1];
  const end = sliceEnds[bucketIndex];
  const inMemory = place.kind === 'memory' ? memory.bytes(place.at + start, end - start) : null;
  return {
    sourceIndex,
    sizeBytes: end - start,
    inMemory,
    async fetch(target) {
      assert(place.kind === 'spill', 'a slice in memory is not fetched');
      const range = { startByte: place.startByte + start, endByte: place.startByte + end };
      const count = await lake.getInto(place.key, target, { range });
      assert(count === end - start, `${place.key} holds the whole slice`);
    },
  };
}

/** Returns the memory of unused blocks to the budget. */
export function release(blocks: readonly ExchangeBlock[], budget: ExchangeBudget): void {
  for (const { place } of blocks) {
    if (place.kind === 'memory') budget.giveBack(place.sizeBytes);
  }
}

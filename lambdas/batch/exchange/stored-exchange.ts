import { assert } from '../../shared/model/errors.ts';
import type { ObjectStore, ObjectWriter } from '../../shared/ports/object-store.ts';
import type { BlockSink } from './block-encoder.ts';
import { alignedTo8 } from './slice-layout.ts';

/**
 * The exchange in an object store, where each step is a process of its own. An object holds the
 * blocks of one task (or the window sums of one bucket) in groups; in a group all slices of bucket
 * 0 come first, in the order of their blocks, then those of bucket 1, and so on. So a reduce step
 * fetches one range per group, and `stored-index.ts` says where it is. Behind the groups a footer
 * of doubles says where slices end: per group its first byte, its number of blocks, and for each
 * bucket the end of the slice of each block, counted from the group's first byte.
 */
export interface StoredBlocks {
  readonly key: string;
  readonly footerStartByte: number;
  readonly sizeBytes: number;
  /** By group: how many blocks it has. */
  readonly groups: readonly number[];
}

/** Slices are gathered into so many bytes before they are written: a part of an upload. */
const GATHERED_BYTES = 8 * 1024 * 1024;

interface HeldBlock {
  readonly bytes: Uint8Array;
  readonly sliceEnds: Uint32Array;
}

/** Takes the blocks of one task. The same blocks give the same object. */
export class StoredExchange implements BlockSink {
  readonly #lake: ObjectStore;
  readonly #key: string;
  readonly #maxHeldBytes: number;
  #writer: ObjectWriter | null = null;
  #held: HeldBlock[] = [];
  #heldBytes = 0;
  #writtenBytes = 0;
  readonly #footer: number[] = [];
  readonly #groups: number[] = [];

  /** A group is written when it has so many bytes: what is held of a task is bounded by it. */
  constructor(lake: ObjectStore, key: string, maxHeldBytes: number) {
    this.#lake = lake;
    this.#key = key;
    this.#maxHeldBytes = maxHeldBytes;
  }

  allocate(sizeBytes: number): Uint8Array {
    return new Uint8Array(alignedTo8(sizeBytes)).subarray(0, sizeBytes);
  }

  async keep(bytes: Uint8Array, sliceEnds: Uint32Array): Promise<void> {
    this.#held.push({ bytes, sliceEnds });
    this.#heldBytes += bytes.length;
    if (this.#heldBytes >= this.#maxHeldBytes) await this.#writeGroup();
  }

  /** Makes the object readable; null where there was no block, and then there is no object. */
  async finish(): Promise<StoredBlocks | null> {
    if (this.#held.length > 0) await this.#writeGroup();
    if (this.#writer === null) return null;
    const footer = Float64Array.from(this.#footer);
    await this.#writer.write(new Uint8Array(footer.buffer));
    await this.#writer.commit();
    const footerStartByte = this.#writtenBytes;
    const sizeBytes = footerStartByte + footer.byteLength;
    return { key: this.#key, footerStartByte, sizeBytes, groups: this.#groups };
  }

  async abort(): Promise<void> {
    await this.#writer?.abort();
  }

  /** Bucket by bucket; what is held goes when the group is written. */
  async #writeGroup(): Promise<void> {
    this.#writer ??= this.#lake.openWriter(this.#key);
    const blocks = this.#held;
    const gathered = new Gathered(this.#writer, Math.min(this.#heldBytes, GATHERED_BYTES));
    this.#footer.push(this.#writtenBytes, blocks.length);
    this.#groups.push(blocks.length);
    let at = 0;
    for (let bucket = 0; bucket < blocks[0].sliceEnds.length; bucket++) {
      for (const { bytes, sliceEnds } of blocks) {
        const slice = bytes.subarray(bucket === 0 ? 0 : sliceEnds[bucket - 1], sliceEnds[bucket]);
        await gathered.add(slice);
        at += slice.length;
        this.#footer.push(at);
      }
    }
    await gathered.flush();
    this.#writtenBytes += this.#heldBytes;
    this.#held = [];
    this.#heldBytes = 0;
  }
}

/** Small pieces on their way into a writer. */
class Gathered {
  readonly #writer: ObjectWriter;
  readonly #bytes: Uint8Array;
  #length = 0;

  constructor(writer: ObjectWriter, sizeBytes: number) {
    this.#writer = writer;
    this.#bytes = new Uint8Array(sizeBytes);
  }

  async add(piece: Uint8Array): Promise<void> {
    if (this.#length + piece.length > this.#bytes.length) await this.flush();
    if (piece.length > this.#bytes.length) return await this.#writer.write(piece);
    this.#bytes.set(piece, this.#length);
    this.#length += piece.length;
  }

  async flush(): Promise<void> {
    if (this.#length === 0) return;
    await this.#writer.write(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
  }
}

/** The slices of one bucket in one group: one range of the object. */
export interface StoredExtent {
  readonly key: string;
  readonly startByte: number;
  /** Sizes of the slices, one behind the other. */
  readonly sliceBytes: readonly number[];
}

/** Reads the footer after the groups of an object: doubles that say where its slices end. */
export async function readFooter(
  lake: ObjectStore,
  { key, footerStartByte, sizeBytes }: StoredBlocks,
): Promise<Float64Array> {
  const range = { startByte: footerStartByte, endByte: sizeBytes };
  const bytes = await lake.get(key, { range });
  assert(bytes.length === sizeBytes - footerStartByte, `${key} holds its whole footer`);
  // A copy stands aligned, as doubles must.
  return new Float64Array(new Uint8Array(bytes).buffer);
}

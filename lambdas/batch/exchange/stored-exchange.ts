import type { ObjectStore, ObjectWriter } from '../../shared/ports/object-store.ts';
import { assert } from '../../shared/runtime/errors.ts';
import type { SliceRef } from '../reduce-bucket/bucket-waves.ts';
import type { BlockSink } from './block-encoder.ts';
import { alignedTo8 } from './slice-layout.ts';

/**
 * The exchange in an object store, where each step is a process of its own. An object holds the
 * blocks of one task (or the window sums of one bucket) in groups; in a group all slices of bucket
 * 0 come first, in the order of their blocks, then those of bucket 1, and so on. So a reduce step
 * fetches one range per group. Behind the groups a footer of doubles says where slices end: per
 * group its first byte, its number of blocks, and for each bucket the end of the slice of each
 * block, counted from the group's first byte.
 */
export interface StoredBlocks {
  readonly key: string;
  readonly footerStartByte: number;
  readonly sizeBytes: number;
  /** By group: how many blocks it has. With that the place of each bucket's ends is known. */
  readonly groups: readonly number[];
}

/** A larger footer is not read as a whole: tasks of many files over many buckets have such. */
const WHOLE_FOOTER_BYTES = 256 * 1024;

/** A double. */
const WORD_BYTES = 8;

/** In front of the ends of each group: its first byte, and its number of blocks. */
const GROUP_WORDS = 2;

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

  async #writeGroup(): Promise<void> {
    this.#writer ??= this.#lake.openWriter(this.#key);
    const blocks = this.#held;
    const group = new Uint8Array(this.#heldBytes);
    this.#footer.push(this.#writtenBytes, blocks.length);
    this.#groups.push(blocks.length);
    let at = 0;
    for (let bucket = 0; bucket < blocks[0].sliceEnds.length; bucket++) {
      for (const { bytes, sliceEnds } of blocks) {
        const slice = bytes.subarray(bucket === 0 ? 0 : sliceEnds[bucket - 1], sliceEnds[bucket]);
        group.set(slice, at);
        at += slice.length;
        this.#footer.push(at);
      }
    }
    await this.#writer.write(group);
    this.#writtenBytes += group.length;
    this.#held = [];
    this.#heldBytes = 0;
  }
}

/** The slices of one bucket in one group: one range of the object. */
export interface StoredRun {
  readonly key: string;
  readonly startByte: number;
  /** Sizes of the slices, one behind the other. */
  readonly sliceBytes: readonly number[];
}

/** Where the slices of one bucket stand in an object, in the order of their blocks. */
export async function runsOf(
  lake: ObjectStore,
  blocks: StoredBlocks,
  bucketIndex: number,
  bucketCount: number,
): Promise<StoredRun[]> {
  const { key, groups } = blocks;
  const endsOf = await footerReader(lake, blocks);
  const runs: StoredRun[] = [];
  let at = 0;
  for (const blockCount of groups) {
    const first = at + GROUP_WORDS + bucketIndex * blockCount;
    const [groupStart] = await endsOf(at, at + 1);
    // The bucket begins where the one before ends.
    const isFirst = bucketIndex === 0;
    const ends = await endsOf(isFirst ? first : first - 1, first + blockCount);
    let start = isFirst ? 0 : ends[0];
    const startByte = groupStart + start;
    const sliceBytes = [...ends.subarray(isFirst ? 0 : 1)].map((end) => {
      const sizeBytes = end - start;
      start = end;
      return sizeBytes;
    });
    runs.push({ key, startByte, sliceBytes });
    at += GROUP_WORDS + bucketCount * blockCount;
  }
  return runs;
}

/** Reads words `[from, to)` of a footer: a small one at once, of a large one what is asked for. */
async function footerReader(
  lake: ObjectStore,
  { key, footerStartByte, sizeBytes }: StoredBlocks,
): Promise<(from: number, to: number) => Promise<Float64Array>> {
  const read = async (startByte: number, endByte: number) => {
    const bytes = await lake.get(key, { range: { startByte, endByte } });
    assert(bytes.length === endByte - startByte, `${key} holds its whole footer`);
    // A copy stands aligned, as doubles must.
    return new Float64Array(new Uint8Array(bytes).buffer);
  };
  if (sizeBytes - footerStartByte <= WHOLE_FOOTER_BYTES) {
    const footer = await read(footerStartByte, sizeBytes);
    return async (from, to) => footer.subarray(from, to);
  }
  return (from, to) => read(footerStartByte + from * WORD_BYTES, footerStartByte + to * WORD_BYTES);
}

/** Runs that are fetched ahead of the one that is read. */
const READ_AHEAD_RUNS = 16;

/**
 * Slices of many objects in the order in which they are read. Whoever fetches one has the next runs
 * on their way: requests to a store wait far longer than they transfer.
 */
export class StoredSlices {
  readonly refs: readonly SliceRef[];
  readonly #lake: ObjectStore;
  readonly #runs: readonly StoredRun[];
  readonly #fetched = new Map<number, Promise<Uint8Array>>();

  constructor(
    lake: ObjectStore,
    /** Sources are by slice: null where one is not wanted. */
    runs: readonly { readonly run: StoredRun; readonly sources: readonly (number | null)[] }[],
  ) {
    this.#lake = lake;
    const wanted = runs.filter(({ sources }) => sources.some((source) => source !== null));
    this.#runs = wanted.map(({ run }) => run);
    this.refs = wanted.flatMap(({ run, sources }, runIndex) =>
      this.#slicesOf(run, runIndex, sources),
    );
  }

  #slicesOf(
    { sliceBytes }: StoredRun,
    runIndex: number,
    sources: readonly (number | null)[],
  ): SliceRef[] {
    let end = 0;
    const last = sources.findLastIndex((source) => source !== null);
    return sliceBytes.flatMap((sizeBytes, index) => {
      const start = end;
      end += sizeBytes;
      const sourceIndex = sources[index];
      if (sourceIndex === null) return [];
      const isLast = index === last;
      const fetch = async (target: Uint8Array) => {
        const run = await this.#run(runIndex);
        target.set(run.subarray(start, start + sizeBytes));
        if (isLast) this.#fetched.delete(runIndex);
      };
      return [{ sourceIndex, sizeBytes, inMemory: null, fetch }];
    });
  }

  async #run(runIndex: number): Promise<Uint8Array> {
    const end = Math.min(runIndex + READ_AHEAD_RUNS, this.#runs.length);
    for (let index = runIndex; index < end; index++) {
      if (this.#fetched.has(index)) continue;
      const fetching = this.#fetch(this.#runs[index]);
      fetching.catch(() => undefined); // Whoever awaits it has the error.
      this.#fetched.set(index, fetching);
    }
    return await (this.#fetched.get(runIndex) as Promise<Uint8Array>);
  }

  async #fetch({ key, startByte, sliceBytes }: StoredRun): Promise<Uint8Array> {
    const sizeBytes = sliceBytes.reduce((sum, size) => sum + size, 0);
    if (sizeBytes === 0) return new Uint8Array(0);
    const bytes = await this.#lake.get(key, {
      range: { startByte, endByte: startByte + sizeBytes },
    });
    assert(bytes.length === sizeBytes, `${key} holds whole slices`);
    return bytes;
  }
}

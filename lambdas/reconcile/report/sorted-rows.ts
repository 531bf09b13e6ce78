import { deserialize, serialize } from 'node:v8';
import { withCleanUp } from '../../shared/model/errors.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { compareRows, type DifferenceRow } from '../model/difference.ts';
import type { SortSizes } from '../model/sizes.ts';

interface Block {
  readonly startByte: number;
  readonly endByte: number;
}

/** Sorted rows in an object. */
export interface SortedExtent {
  readonly key: string;
  readonly blocks: readonly Block[];
}

/** Sorts any number of rows in bounded memory, spilling sorted extents. */
export class SortedRows {
  readonly #lake: ObjectStore;
  readonly #prefix: string;
  readonly #sizes: SortSizes;
  readonly #extents: SortedExtent[] = [];
  #rows: DifferenceRow[] = [];
  /** Rows added so far. */
  size = 0;

  /** `prefix` ends in `/` and must be used for this only. */
  constructor(lake: ObjectStore, prefix: string, sizes: SortSizes) {
    this.#lake = lake;
    this.#prefix = prefix;
    this.#sizes = sizes;
  }

  /** Adds rows in any order; may spill a run. */
  async add(rows: readonly DifferenceRow[]): Promise<void> {
    for (const row of rows) this.#rows.push(row);
    this.size += rows.length;
    if (this.#rows.length >= this.#sizes.runRows) await this.#spillRun();
  }

  /** Stores what is in memory, and says what another process adopts. */
  async finish(): Promise<{ readonly extents: readonly SortedExtent[]; readonly size: number }> {
    if (this.#rows.length > 0) await this.#spillRun();
    return { extents: this.#extents, size: this.size };
  }

  /** Takes rows that another process stored. */
  adopt({
    extents,
    size,
  }: {
    readonly extents: readonly SortedExtent[];
    readonly size: number;
  }): void {
    this.#extents.push(...extents);
    this.size += size;
  }

  /** All rows in order, once. */
  async *inOrder(): AsyncGenerator<DifferenceRow> {
    if (this.#extents.length === 0) {
      yield* this.#rows.sort(compareRows);
      return;
    }
    if (this.#rows.length > 0) await this.#spillRun();
    const heap = new RunHeap();
    for (const run of this.#extents) heap.push(await this.#open(run));
    for (let first = heap.top; first !== null; first = heap.top) {
      yield first.row;
      await first.advance();
      heap.settle();
    }
  }

  async #spillRun(): Promise<void> {
    const rows = this.#rows.sort(compareRows);
    this.#rows = [];
    const key = `${this.#prefix}${String(this.#extents.length).padStart(6, '0')}`;
    const writer = this.#lake.openWriter(key);
    const blocks: Block[] = [];
    let size = 0;
    await withCleanUp(
      async () => {
        for (let from = 0; from < rows.length; from += this.#sizes.blockRows) {
          const bytes = serialize(rows.slice(from, from + this.#sizes.blockRows));
          await writer.write(bytes);
          blocks.push({ startByte: size, endByte: size + bytes.length });
          size += bytes.length;
        }
        await writer.commit({ ifNoneMatch: true });
      },
      () => writer.abort(),
    );
    this.#extents.push({ key, blocks });
  }

  async #open({ key, blocks }: SortedExtent): Promise<ExtentCursor> {
    const readBlock = async (index: number) =>
      deserialize(await this.#lake.get(key, { range: blocks[index] })) as DifferenceRow[];
    const cursor = new ExtentCursor(blocks.length, readBlock);
    await cursor.advance();
    return cursor;
  }
}

/** Walks over one sorted run, a block in memory at a time. */
class ExtentCursor {
  readonly #blockCount: number;
  readonly #readBlock: (index: number) => Promise<DifferenceRow[]>;
  #rows: DifferenceRow[] = [];
  #at = -1;
  #nextBlock = 0;
  isOver = false;

  constructor(blockCount: number, readBlock: (index: number) => Promise<DifferenceRow[]>) {
    this.#blockCount = blockCount;
    this.#readBlock = readBlock;
  }

  get row(): DifferenceRow {
    return this.#rows[this.#at];
  }

  async advance(): Promise<void> {
    this.#at += 1;
    if (this.#at < this.#rows.length) return;
    this.isOver = this.#nextBlock === this.#blockCount;
    if (this.isOver) return;
    this.#rows = await this.#readBlock(this.#nextBlock++);
    this.#at = 0;
  }
}

/** Runs by their current row, the smallest on top. */
class RunHeap {
  readonly #cursors: ExtentCursor[] = [];

  get top(): ExtentCursor | null {
    return this.#cursors[0] ?? null;
  }

  push(cursor: ExtentCursor): void {
    let at = this.#cursors.push(cursor) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  /** Restores the order after the cursor on top went on; one that is over leaves. */
  settle(): void {
    if (this.#cursors[0].isOver) {
      const last = this.#cursors.pop() as ExtentCursor;
      if (this.#cursors.length === 0) return;
      this.#cursors[0] = last;
    }
    let at = 0;
    for (;;) {
      let least = at;
      for (const child of [at * 2 + 1, at * 2 + 2]) {
        if (child < this.#cursors.length && this.#isBefore(child, least)) least = child;
      }
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #isBefore(a: number, b: number): boolean {
    return compareRows(this.#cursors[a].row, this.#cursors[b].row) < 0;
  }

  #swap(a: number, b: number): void {
    const cursors = this.#cursors;
    [cursors[a], cursors[b]] = [cursors[b], cursors[a]];
  }
}

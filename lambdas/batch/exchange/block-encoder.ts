import type { OrderColumns } from '../../shared/ingest/order-columns.ts';
import { KernelArena } from '../../shared/kernels/kernel-arena.ts';
import { KernelMemory } from '../../shared/kernels/kernel-memory.ts';
import type { NumberColumn } from '../../shared/rows/row-source.ts';
import { createExchangeKernel, type ExchangeKernel } from './exchange-kernel.ts';
import { type RenumberedCodes, SliceCodes, writeValues } from './slice-codes.ts';
import { type SliceColumns, type SliceHeader, sliceBytes, startSlice } from './slice-layout.ts';

/** Where the bytes of a block go: shared memory, or a buffer that is then written to a store. */
export interface BlockSink {
  /** Memory for a block of this size, 8-byte aligned. */
  allocate(sizeBytes: number): Uint8Array;
  /** Takes the block. `sliceEnds[b]` is the end of bucket b in it; bucket 0 starts at 0. */
  keep(block: Uint8Array, sliceEnds: Uint32Array): Promise<void>;
}

const WORD_BYTES = 4;
const RANGES = 5;
/** Ids are copied 16 bytes at a time. */
const SLACK_BYTES = 16;

/** The rows of one bucket, where the kernel finds their numbers. */
interface BucketRowsAt {
  readonly at: number;
  readonly count: number;
}

/** One slice before it is written. */
interface PlannedSlice {
  readonly header: SliceHeader;
  readonly rows: BucketRowsAt;
  /** By field in `CODED_FIELDS`. */
  readonly codes: readonly RenumberedCodes[];
  readonly quarantined: { readonly from: number; readonly to: number };
}

/** Cuts a block of columns into one slice per bucket. Its memory is reused from block to block. */
export class BlockEncoder {
  readonly #bucketCount: number;
  readonly #memory: KernelMemory;
  readonly #kernel: ExchangeKernel;
  /** For one block. */
  readonly #arena: KernelArena;
  readonly #codes: SliceCodes;

  /** Blocks whose columns are in `memory` are read in place. */
  constructor(bucketCount: number, memory = KernelMemory.create()) {
    this.#bucketCount = bucketCount;
    this.#memory = memory;
    this.#kernel = createExchangeKernel(memory);
    this.#arena = new KernelArena(memory);
    this.#codes = new SliceCodes(this.#kernel, memory);
  }

  /**
   * Hands the slices of a block to `sink`, bucket by bucket, rows in the order in which they came.
   */
  async encode(block: OrderColumns, sink: BlockSink): Promise<void> {
    this.#arena.reset();
    const places = placesOf(block, this.#arena);
    const slices = this.#plan(block, places);
    const sliceEnds = new Uint32Array(this.#bucketCount);
    let size = 0;
    let largest = 0;
    slices.forEach(({ header }, bucket) => {
      const sizeBytes = sliceBytes(header);
      largest = Math.max(largest, sizeBytes);
      size += sizeBytes;
      sliceEnds[bucket] = size;
    });
    const bytes = sink.allocate(size);
    const draftAt = this.#arena.take(largest + SLACK_BYTES);
    let start = 0;
    slices.forEach((slice, bucket) => {
      const draft = this.#memory.bytes(draftAt, sliceEnds[bucket] - start);
      this.#write(block, places, slice, startSlice(draft, slice.header));
      bytes.set(draft, start);
      start = sliceEnds[bucket];
    });
    await sink.keep(bytes, sliceEnds);
  }

  #plan(block: OrderColumns, places: ColumnPlaces): PlannedSlice[] {
    const ends = this.#sortByBucket(block, places);
    return Array.from({ length: this.#bucketCount }, (_, bucket) => {
      const from = bucket === 0 ? 0 : ends[bucket - 1];
      const rows = { at: places.rows + from * WORD_BYTES, count: ends[bucket] - from };
      const codes = block.dictionaries.map((dictionary, k) =>
        this.#codes.add(dictionary, places.codes[k], rows, this.#arena),
      );
      const quarantined = this.#quarantinedOf(block, bucket);
      const header = {
        rowCount: rows.count,
        coded: codes.map(({ used, bytes }) => ({ count: used.length, bytes })),
        quarantinedCount: quarantined.to - quarantined.from,
        rawBytes: rawStart(block, quarantined.to) - rawStart(block, quarantined.from),
        remainderCount: this.#hasRemainders(places, rows) ? rows.count : 0,
        ...this.#rangesOf(block, places, rows),
      };
      return { header, rows, codes, quarantined };
    });
  }

  /** Valid rows in order of bucket, then of record; returns where each bucket ends. */
  #sortByBucket({ rowCount }: OrderColumns, { issues, idHash, rows }: ColumnPlaces): Uint32Array {
    const count = this.#bucketCount;
    const endsAt = this.#arena.take((count + 1) * WORD_BYTES);
    const ends = this.#memory.uint32s(endsAt, count + 1);
    ends.fill(0);
    this.#kernel.sortRows(issues, idHash, rowCount, count, endsAt, rows);
    return ends;
  }

  /** Quarantined records need no bucket of their own: they are dealt out evenly, in order. */
  #quarantinedOf(block: OrderColumns, bucket: number): { from: number; to: number } {
    const at = (index: number) => Math.floor((block.quarantinedCount * index) / this.#bucketCount);
    return { from: at(bucket), to: at(bucket + 1) };
  }

  #hasRemainders({ remainders }: ColumnPlaces, { at, count }: BucketRowsAt): boolean {
    return remainders !== null && this.#kernel.hasNonZero(remainders, at, count) !== 0;
  }

  /** The ranges that decide how wide the columns of a slice are. */
  #rangesOf({ offset }: OrderColumns, places: ColumnPlaces, rows: BucketRowsAt) {
    const { at, count } = rows;
    const { timeMs, priceCents, quantity, idEnd } = places;
    const intoAt = this.#arena.take(RANGES * 8);
    this.#kernel.findRanges(timeMs, priceCents, quantity, idEnd, at, count, intoAt);
    const ranges = this.#memory.doubles(intoAt, RANGES);
    const [minTime, maxTime, maxPriceCents, maxQuantity, idBytes] = ranges;
    const isEmpty = count === 0;
    const numbers = this.#memory.uint32s(at, count);
    return {
      idBytes,
      // Offsets are in order, so the ends say the range.
      baseOffset: isEmpty ? 0 : offset[numbers[0]],
      maxOffset: isEmpty ? 0 : offset[numbers[count - 1]],
      baseTimeMs: isEmpty ? 0 : minTime,
      maxTimeMs: isEmpty ? 0 : maxTime,
      maxPriceCents,
      maxQuantity,
    };
  }

  #write(block: OrderColumns, places: ColumnPlaces, slice: PlannedSlice, to: SliceColumns): void {
    const { header, rows, codes } = slice;
    const { at, count } = rows;
    const kernel = this.#kernel;
    const numbers = (from: number, base: number, column: NumberColumn) => {
      const width = column.BYTES_PER_ELEMENT;
      kernel.writeNumbers(from, base, at, count, width, column.byteOffset);
    };
    kernel.writeWords(places.idHash, at, count, to.idHash.byteOffset);
    numbers(places.offset, header.baseOffset, to.offset);
    numbers(places.timeMs, header.baseTimeMs, to.time);
    numbers(places.priceCents, 0, to.price);
    if (places.remainders !== null && to.remainder !== null) {
      kernel.writeWords(places.remainders, at, count, to.remainder.byteOffset);
    }
    const { quantity, status } = to;
    const width = quantity.BYTES_PER_ELEMENT;
    kernel.writeInts(places.quantity, at, count, width, quantity.byteOffset);
    kernel.writeBytes(places.status, at, count, status.byteOffset);
    kernel.writeIds(places.ids, places.idEnd, at, count, to.idEnd.byteOffset, to.ids.byteOffset);
    codes.forEach((renumbered, k) => {
      const column = to.codes[k];
      kernel.narrow(renumbered.at, count, column.BYTES_PER_ELEMENT, column.byteOffset);
      writeValues(block.dictionaries[k], renumbered, to.values[k]);
    });
    // The copies of the ids may have reached into `raw`, which is written last.
    writeQuarantined(block, slice.quarantined, to);
  }
}

function rawStart(block: OrderColumns, quarantined: number): number {
  return quarantined === 0 ? 0 : block.rawEnd[quarantined - 1];
}

/** Where the kernel finds the columns of a block. */
type PlacedColumns = Readonly<Record<(typeof PLACED)[number], number>>;

interface ColumnPlaces extends PlacedColumns {
  readonly ids: number;
  /** Null: all are 0. */
  readonly remainders: number | null;
  readonly rows: number;
  /** By field in `CODED_FIELDS`. */
  readonly codes: readonly number[];
}

const PLACED = [
  'issues',
  'idHash',
  'idEnd',
  'offset',
  'timeMs',
  'priceCents',
  'quantity',
  'status',
] as const satisfies readonly (keyof OrderColumns)[];

function placesOf(block: OrderColumns, arena: KernelArena): ColumnPlaces {
  const { rowCount, ids } = block;
  const placed = (column: Float64Array | Uint32Array | Int32Array | Uint8Array) =>
    arena.place(column.subarray(0, rowCount));
  return {
    ...(Object.fromEntries(PLACED.map((name) => [name, placed(block[name])])) as PlacedColumns),
    codes: block.codes.map(placed),
    remainders: block.hasRemainders ? placed(block.remainderCents) : null,
    ids: arena.place(ids.bytes.subarray(0, ids.size), SLACK_BYTES),
    rows: arena.take(rowCount * WORD_BYTES),
  };
}

function writeQuarantined(
  block: OrderColumns,
  { from, to }: { from: number; to: number },
  columns: SliceColumns,
): void {
  const rawFrom = rawStart(block, from);
  for (let i = from; i < to; i++) {
    const row = block.quarantinedRow[i];
    columns.quarantinedOffset[i - from] = block.offset[row];
    columns.quarantinedIssues[i - from] = block.issues[row];
    columns.rawEnd[i - from] = block.rawEnd[i] - rawFrom;
  }
  columns.raw.set(block.raw.bytes.subarray(rawFrom, rawStart(block, to)));
}

import { copyBytes, viewOf } from '../../shared/ingest/bytes.ts';
import type { OrderColumns } from '../../shared/ingest/order-columns.ts';
import { SliceCodes } from './slice-codes.ts';
import {
  type NumberColumn,
  type SliceColumns,
  type SliceHeader,
  sliceBytes,
  startSlice,
} from './slice-layout.ts';

/** Where the bytes of a block go: shared memory, or a buffer that is then written to a store. */
export interface BlockSink {
  /** Memory for a block of this size, 8-byte aligned. */
  allocate(sizeBytes: number): Uint8Array;
  /** Takes the block. `sliceEnds[b]` is the end of bucket b in it; bucket 0 starts at 0. */
  keep(block: Uint8Array, sliceEnds: Uint32Array): Promise<void>;
}

/** Which bucket an order id falls into, by the high bits of its hash: dedupe uses the low ones. */
export function bucketOf(hash: number, bucketCount: number): number {
  return ((hash >>> 16) * bucketCount) >>> 16;
}

/** Cuts a block of columns into one slice per bucket. Its memory is reused from block to block. */
export class BlockEncoder {
  readonly #bucketCount: number;
  readonly #rows: Uint32Array;
  readonly #customers: SliceCodes;
  readonly #products: SliceCodes;

  constructor(bucketCount: number, capacity: number) {
    this.#bucketCount = bucketCount;
    this.#rows = new Uint32Array(capacity);
    this.#customers = new SliceCodes(capacity);
    this.#products = new SliceCodes(capacity);
  }

  /**
   * Hands the slices of a block to `sink`, bucket by bucket, rows in the order in which they came.
   */
  async encode(block: OrderColumns, sink: BlockSink): Promise<void> {
    const rowEnds = this.#sortByBucket(block);
    const sliceEnds = new Uint32Array(this.#bucketCount);
    const headers: SliceHeader[] = [];
    this.#customers.clear();
    this.#products.clear();
    let size = 0;
    for (let bucket = 0; bucket < this.#bucketCount; bucket++) {
      const header = this.#header(block, bucket, rowEnds);
      headers.push(header);
      size += sliceBytes(header);
      sliceEnds[bucket] = size;
    }
    const bytes = sink.allocate(size);
    let start = 0;
    const customers = { row: 0, value: 0 };
    const products = { row: 0, value: 0 };
    headers.forEach((header, bucket) => {
      const columns = startSlice(bytes.subarray(start, sliceEnds[bucket]), header);
      writeRows(block, this.#rowsOf(bucket, rowEnds), header, columns);
      const { customerCode, productCode } = columns;
      const { customerOffsets, customers: customerHeap } = columns;
      const { productOffsets, products: productHeap } = columns;
      this.#customers.write(block.customers, customers, {
        codes: customerCode,
        offsets: customerOffsets,
        heap: customerHeap,
      });
      this.#products.write(block.products, products, {
        codes: productCode,
        offsets: productOffsets,
        heap: productHeap,
      });
      writeQuarantined(block, this.#quarantinedOf(block, bucket), columns);
      customers.row += header.rowCount;
      customers.value += header.customerCount;
      products.row += header.rowCount;
      products.value += header.productCount;
      start = sliceEnds[bucket];
    });
    await sink.keep(bytes, sliceEnds);
  }

  /** Valid rows in order of bucket, then of record; returns where each bucket ends. */
  #sortByBucket(block: OrderColumns): Uint32Array {
    const { rowCount, issues, idHash } = block;
    const bucketCount = this.#bucketCount;
    const ends = new Uint32Array(bucketCount + 1);
    for (let row = 0; row < rowCount; row++) {
      if (issues[row] === 0) ends[bucketOf(idHash[row], bucketCount) + 1]++;
    }
    for (let bucket = 0; bucket < bucketCount; bucket++) ends[bucket + 1] += ends[bucket];
    const rows = this.#rows;
    // Filling a bucket moves its start to its end, which is the start of the next one.
    for (let row = 0; row < rowCount; row++) {
      if (issues[row] === 0) rows[ends[bucketOf(idHash[row], bucketCount)]++] = row;
    }
    return ends;
  }

  #rowsOf(bucket: number, ends: Uint32Array): Uint32Array {
    return this.#rows.subarray(bucket === 0 ? 0 : ends[bucket - 1], ends[bucket]);
  }

  /** Quarantined records need no bucket of their own: they are dealt out evenly, in order. */
  #quarantinedOf(block: OrderColumns, bucket: number): { from: number; to: number } {
    const at = (index: number) => Math.floor((block.quarantinedCount * index) / this.#bucketCount);
    return { from: at(bucket), to: at(bucket + 1) };
  }

  #header(block: OrderColumns, bucket: number, rowEnds: Uint32Array): SliceHeader {
    const rows = this.#rowsOf(bucket, rowEnds);
    const customers = this.#customers.add(block.customers, block.customerCode, rows);
    const products = this.#products.add(block.products, block.productCode, rows);
    const quarantined = this.#quarantinedOf(block, bucket);
    return {
      rowCount: rows.length,
      customerCount: customers.count,
      customerBytes: customers.bytes,
      productCount: products.count,
      productBytes: products.bytes,
      quarantinedCount: quarantined.to - quarantined.from,
      rawBytes: rawStart(block, quarantined.to) - rawStart(block, quarantined.from),
      ...rangesOf(block, rows),
    };
  }
}

function rawStart(block: OrderColumns, quarantined: number): number {
  return quarantined === 0 ? 0 : block.rawEnd[quarantined - 1];
}

function idStart(block: OrderColumns, row: number): number {
  return row === 0 ? 0 : block.idEnd[row - 1];
}

/** The ranges that decide how wide the columns of a slice are. */
function rangesOf(block: OrderColumns, rows: Uint32Array) {
  const { timeMs, priceCents, quantity, idEnd, offset } = block;
  let idBytes = 0;
  let baseTimeMs = rows.length === 0 ? 0 : timeMs[rows[0]];
  let maxTimeMs = baseTimeMs;
  let maxPriceCents = 0;
  let maxQuantity = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    idBytes += idEnd[row] - idStart(block, row);
    const time = timeMs[row];
    if (time < baseTimeMs) baseTimeMs = time;
    if (time > maxTimeMs) maxTimeMs = time;
    if (priceCents[row] > maxPriceCents) maxPriceCents = priceCents[row];
    if (quantity[row] > maxQuantity) maxQuantity = quantity[row];
  }
  // Offsets are in order, so the ends say the range.
  const baseOffset = rows.length === 0 ? 0 : offset[rows[0]];
  const maxOffset = rows.length === 0 ? 0 : offset[rows[rows.length - 1]];
  return { idBytes, baseOffset, maxOffset, baseTimeMs, maxTimeMs, maxPriceCents, maxQuantity };
}

function writeRows(
  block: OrderColumns,
  rows: Uint32Array,
  header: SliceHeader,
  to: SliceColumns,
): void {
  const { idHash, offset, timeMs, quantity, status, priceCents, idEnd } = block;
  const count = rows.length;
  for (let i = 0; i < count; i++) to.idHash[i] = idHash[rows[i]];
  writeNumbers(offset, rows, header.baseOffset, to.offset);
  writeNumbers(timeMs, rows, header.baseTimeMs, to.time);
  writeNumbers(priceCents, rows, 0, to.price);
  for (let i = 0; i < count; i++) to.quantityStatus[i] = quantity[rows[i]] * 4 + status[rows[i]];
  const from = block.ids.view;
  const ids = viewOf(to.ids);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i];
    const start = idStart(block, row);
    copyBytes(from, start, idEnd[row], ids, at);
    at += idEnd[row] - start;
    to.idEnd[i] = at;
  }
}

function writeNumbers(from: Float64Array, rows: Uint32Array, base: number, to: NumberColumn): void {
  for (let i = 0; i < rows.length; i++) to[i] = from[rows[i]] - base;
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

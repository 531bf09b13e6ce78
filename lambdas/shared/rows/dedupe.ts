import { KernelArena } from '../kernels/kernel-arena.ts';
import { KernelMemory } from '../kernels/kernel-memory.ts';
import type { Keep } from '../model/config-rules.ts';
import { createDedupeKernel, type DedupeKernel } from './dedupe-kernel.ts';

/** Order ids of consecutive records, in order of records. */
export interface IdSlice {
  readonly rowCount: number;
  /** Hash of each id; its low byte says the partition. */
  readonly idHash: Uint32Array;
  /** Id i ends here in `ids`, and starts where the one before ends. */
  readonly idEnd: Uint32Array;
  readonly ids: DataView;
}

/** Rows are numbered through all slices, from 0. */
export interface Duplicates {
  /**
   * By row: 1 where another row is kept of its id. Longer than there are rows; valid until the next
   * call.
   */
  readonly isDuplicate: Uint8Array;
  /** Those rows, in order, valid until the next call, as the next ones. */
  readonly rows: Uint32Array;
  /** For each of them the row that is kept of its id. */
  readonly keptRows: Uint32Array;
}

const PARTITIONS = 256;

const WORD_BYTES = 4;
/** A row and its hash. */
const ENTRY_BYTES = 8;
/** The next bucket may be a little larger. */
const SLACK = 1.15;

/** Memory that `findDuplicates` uses again and again, and the kernel that works in it. */
export class DedupeMemory {
  readonly kernel: DedupeKernel;
  /** What lives for one call. */
  readonly arena: KernelArena;
  readonly #memory: KernelMemory;
  #capacity = 0;
  /** Entries; free after the call, for two numbers per row. */
  entriesAt = 0;
  isDuplicateAt = 0;
  /** Two numbers per row, at most; pages that nobody touches cost nothing. */
  pairsAt = 0;
  listsAt = 0;
  tableAt = 0;
  #slotCount = 0;

  constructor(memory: KernelMemory) {
    this.#memory = memory;
    this.kernel = createDedupeKernel(memory);
    this.arena = new KernelArena(memory);
  }

  reserve(rowCount: number): void {
    if (rowCount <= this.#capacity) return;
    const capacity = Math.ceil(rowCount * SLACK);
    this.#capacity = capacity;
    this.entriesAt = this.#memory.allocate(capacity * ENTRY_BYTES);
    this.isDuplicateAt = this.#memory.allocate(capacity);
    this.pairsAt = this.#memory.allocate(capacity * 2 * WORD_BYTES);
    this.listsAt = this.#memory.allocate(capacity * 2 * WORD_BYTES);
  }

  reserveSlots(count: number): void {
    if (count <= this.#slotCount) return;
    this.#slotCount = count;
    this.tableAt = this.#memory.allocate(count * WORD_BYTES);
  }
}

/**
 * Memory to find duplicates in, to be kept from one call to the next; by default with kernel memory
 * of its own.
 */
export function createDedupeMemory(memory = KernelMemory.create()): DedupeMemory {
  return new DedupeMemory(memory);
}

/**
 * Finds every row whose order id an earlier row has, or a later one if `keep` is `last`: exact, the
 * bytes decide (contract §2.1 `duplicate`; all rows here are valid, so that the one that is kept is
 * active or cancelled). Rows are first dealt into 256 partitions by hash, so that each one's hash
 * table stays in the processor's cache. The stream's rule is in classify-orders.ts.
 */
export function findDuplicates(
  slices: readonly IdSlice[],
  memory: DedupeMemory,
  keep: Keep,
): Duplicates {
  const { kernel, arena } = memory;
  arena.reset();
  const placed = slices.filter(({ rowCount }) => rowCount > 0).map((slice) => place(slice, arena));
  const rowCount = placed.reduce((sum, slice) => sum + slice.rowCount, 0);
  memory.reserve(rowCount);
  const isDuplicate = arena.memory.bytes(memory.isDuplicateAt, rowCount);
  isDuplicate.fill(0);
  describe(placed, memory);
  const ends = partition(placed, memory);
  let pairCount = 0;
  for (let p = 0; p < PARTITIONS; p++) {
    const from = p === 0 ? 0 : ends[p - 1];
    const slotCount = 2 ** Math.ceil(Math.log2(Math.max(2, (ends[p] - from) * 2)));
    memory.reserveSlots(slotCount);
    const { entriesAt, tableAt, isDuplicateAt, pairsAt } = memory;
    pairCount = kernel.findPairs(
      entriesAt,
      from,
      ends[p],
      tableAt,
      slotCount,
      isDuplicateAt,
      pairsAt,
      pairCount,
      keep === 'last',
    );
  }
  const keptRowsAt = memory.listsAt + pairCount * WORD_BYTES;
  const { isDuplicateAt, pairsAt, listsAt } = memory;
  kernel.listPairs(isDuplicateAt, rowCount, pairsAt, pairCount, listsAt, keptRowsAt);
  const rows = arena.memory.uint32s(listsAt, pairCount);
  return { isDuplicate, rows, keptRows: arena.memory.uint32s(keptRowsAt, pairCount) };
}

/** A slice where the kernel reaches it. */
interface PlacedSlice {
  readonly rowCount: number;
  readonly hashesAt: number;
  readonly endsAt: number;
  readonly idsAt: number;
}

function place(slice: IdSlice, arena: KernelArena): PlacedSlice {
  const { rowCount, idHash, idEnd, ids } = slice;
  const used = new DataView(ids.buffer, ids.byteOffset, idEnd[rowCount - 1]);
  return {
    rowCount,
    hashesAt: arena.place(idHash.subarray(0, rowCount)),
    endsAt: arena.place(idEnd.subarray(0, rowCount)),
    idsAt: arena.place(used),
  };
}

/** Tells the kernel which rows are where. */
function describe(slices: readonly PlacedSlice[], { kernel, arena }: DedupeMemory): void {
  let nextRow = 0;
  const words = slices.flatMap(({ rowCount, endsAt, idsAt }) => {
    const firstRow = nextRow;
    nextRow += rowCount;
    return [firstRow, endsAt, idsAt, 0]; // 16 bytes each, as the kernel reads them.
  });
  kernel.placeSlices(arena.place(Uint32Array.from(words)), slices.length);
}

/** Deals rows and hashes into partitions, in order of rows in each; returns where each one ends. */
function partition(slices: readonly PlacedSlice[], memory: DedupeMemory): Uint32Array {
  const { kernel, arena, entriesAt } = memory;
  const zeros = new Uint32Array(PARTITIONS + 1);
  const endsAt = arena.place(zeros);
  for (const { hashesAt, rowCount } of slices) kernel.countHashes(hashesAt, rowCount, endsAt);
  kernel.addUp(endsAt);
  let row = 0;
  for (const { hashesAt, rowCount } of slices) {
    kernel.dealRows(hashesAt, rowCount, row, endsAt, entriesAt);
    row += rowCount;
  }
  return arena.memory.uint32s(endsAt, zeros.length);
}

import { grown } from '../ingest/byte-dictionary.ts';
import { equalBytes } from '../ingest/bytes.ts';

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
   * By row: 1 where an earlier row has the same id. Longer than there are rows; valid until the
   * next call.
   */
  readonly isDuplicate: Uint8Array;
  /** Those rows, in order. */
  readonly rows: Uint32Array;
  /** For each of them the first row with its id. */
  readonly firstRows: Uint32Array;
}

const PARTITIONS = 256;

/** Memory that `findDuplicates` uses again and again. */
export interface DedupeMemory {
  rows: Uint32Array;
  hashes: Uint32Array;
  table: Uint32Array;
  isDuplicate: Uint8Array;
  /** A duplicate and the first row with its id, two numbers each. */
  pairs: Uint32Array;
  pairCount: number;
}

export function createDedupeMemory(): DedupeMemory {
  return {
    rows: new Uint32Array(0),
    hashes: new Uint32Array(0),
    table: new Uint32Array(1024),
    isDuplicate: new Uint8Array(0),
    pairs: new Uint32Array(1024),
    pairCount: 0,
  };
}

/**
 * Finds every row whose order id an earlier row has: exact, the bytes decide (contract §2.1
 * `duplicate`; all rows here are valid, so that the first of an id is active or cancelled). Rows
 * are first dealt into 256 partitions by hash, so that each one's hash table stays in the
 * processor's cache.
 */
export function findDuplicates(slices: readonly IdSlice[], memory: DedupeMemory): Duplicates {
  const bases = rowBases(slices);
  const rowCount = bases[slices.length];
  if (memory.rows.length < rowCount) {
    const capacity = Math.ceil(rowCount * 1.15); // The next bucket may be a little larger.
    memory.rows = new Uint32Array(capacity);
    memory.hashes = new Uint32Array(capacity);
    memory.isDuplicate = new Uint8Array(capacity);
  }
  memory.isDuplicate.fill(0, 0, rowCount);
  const ends = partition(slices, memory);
  memory.pairCount = 0;
  for (let p = 0; p < PARTITIONS; p++) {
    findInPartition(slices, bases, memory, p === 0 ? 0 : ends[p - 1], ends[p]);
  }
  return { isDuplicate: memory.isDuplicate, ...pairsInOrder(memory, rowCount) };
}

function rowBases(slices: readonly IdSlice[]): Float64Array {
  const bases = new Float64Array(slices.length + 1);
  slices.forEach((slice, index) => {
    bases[index + 1] = bases[index] + slice.rowCount;
  });
  return bases;
}

/** Deals rows and hashes into partitions, in order of rows in each; returns where each one ends. */
function partition(slices: readonly IdSlice[], { rows, hashes }: DedupeMemory): Uint32Array {
  const ends = new Uint32Array(PARTITIONS + 1);
  for (const { idHash } of slices) {
    for (let i = 0; i < idHash.length; i++) ends[(idHash[i] & 255) + 1]++;
  }
  for (let p = 0; p < PARTITIONS; p++) ends[p + 1] += ends[p];
  let row = 0;
  for (const { idHash } of slices) {
    for (let i = 0; i < idHash.length; i++) {
      const hash = idHash[i];
      const at = ends[hash & 255]++;
      rows[at] = row++;
      hashes[at] = hash;
    }
  }
  return ends;
}

function findInPartition(
  slices: readonly IdSlice[],
  bases: Float64Array,
  memory: DedupeMemory,
  from: number,
  to: number,
): void {
  const { rows, hashes } = memory;
  const slotCount = 2 ** Math.ceil(Math.log2(Math.max(2, (to - from) * 2)));
  if (memory.table.length < slotCount) memory.table = new Uint32Array(slotCount);
  const table = memory.table;
  table.fill(0, 0, slotCount);
  const mask = slotCount - 1;
  for (let at = from; at < to; at++) {
    const hash = hashes[at];
    let slot = (hash >>> 8) & mask;
    let other = table[slot];
    while (other !== 0) {
      if (hashes[other - 1] === hash && haveSameId(slices, bases, rows[other - 1], rows[at])) break;
      slot = (slot + 1) & mask;
      other = table[slot];
    }
    if (other === 0) table[slot] = at + 1;
    else addPair(memory, rows[at], rows[other - 1]);
  }
}

function addPair(memory: DedupeMemory, row: number, firstRow: number): void {
  const at = memory.pairCount++ * 2;
  if (at === memory.pairs.length) memory.pairs = grown(memory.pairs, at * 2);
  memory.pairs[at] = row;
  memory.pairs[at + 1] = firstRow;
  memory.isDuplicate[row] = 1;
}

function haveSameId(
  slices: readonly IdSlice[],
  bases: Float64Array,
  rowA: number,
  rowB: number,
): boolean {
  const indexA = sliceIndexOf(bases, rowA);
  const indexB = sliceIndexOf(bases, rowB);
  const a = slices[indexA];
  const b = slices[indexB];
  const atA = rowA - bases[indexA];
  const atB = rowB - bases[indexB];
  const startA = atA === 0 ? 0 : a.idEnd[atA - 1];
  const startB = atB === 0 ? 0 : b.idEnd[atB - 1];
  const length = a.idEnd[atA] - startA;
  if (b.idEnd[atB] - startB !== length) return false;
  return equalBytes(a.ids, startA, b.ids, startB, length);
}

/** Which slice holds a row: the last one whose base is not above it and that has rows. */
export function sliceIndexOf(bases: Float64Array, row: number): number {
  let low = 0;
  let high = bases.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (bases[middle] <= row) low = middle;
    else high = middle;
  }
  return low;
}

function pairsInOrder({ isDuplicate, pairs, pairCount }: DedupeMemory, rowCount: number) {
  const rows = new Uint32Array(pairCount);
  const firstRows = new Uint32Array(pairCount);
  let found = 0;
  for (let row = 0; row < rowCount; row++) if (isDuplicate[row] === 1) rows[found++] = row;
  for (let pair = 0; pair < pairCount; pair++) {
    firstRows[indexIn(rows, pairs[pair * 2])] = pairs[pair * 2 + 1];
  }
  return { rows, firstRows };
}

/** Where a number stands in a sorted array that holds it. */
function indexIn(sorted: Uint32Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * How much a function may hold of blocks on their way into the exchange. The larger a group of
 * blocks, the fewer requests read it: each bucket takes one range of each group.
 */

const MIB = 1024 * 1024;

/** Share of a function's memory that a reduce step holds of its sums, besides a wave. */
const SHARE = 0.15;

/** A map step itself, with a block of records and parts that are uploaded. */
const MAP_FIXED_BYTES = 400 * MIB;

/** Share of what is left to a map step. */
const MAP_SHARE = 0.6;

/** Bytes of sums that a reduce step may hold, in a function of this memory. */
export function heldBytes(functionMemoryBytes: number): number {
  return functionMemoryBytes * SHARE;
}

/**
 * Bytes of records that a map step may hold before it writes them, in a function of this memory.
 */
export function heldBytesOfMap(functionMemoryBytes: number): number {
  const ownBytes = (functionMemoryBytes - MAP_FIXED_BYTES) * MAP_SHARE;
  return Math.max(heldBytes(functionMemoryBytes), ownBytes);
}

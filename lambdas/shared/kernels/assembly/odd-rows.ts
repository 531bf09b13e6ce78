/**
 * The rows of a column whose value is for `parse-orders.ts` to examine. AssemblyScript, part of
 * `order-kernel.ts`.
 */

/** Where their numbers go. */
let listAt: usize = 0;
let count: i32 = 0;

export function placeOdd(at: usize): void {
  listAt = at;
}

export function startOdd(): void {
  count = 0;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
export function addOdd(row: i32): void {
  store<i32>(listAt + (count << 2), row);
  count += 1;
}

export function oddCount(): i32 {
  return count;
}

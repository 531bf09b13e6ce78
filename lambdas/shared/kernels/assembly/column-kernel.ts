/**
 * Encodes the values of a Parquet page. AssemblyScript: TypeScript's syntax, WebAssembly's types,
 * no garbage collector. `npm run build:wasm` compiles it into `column-kernel-code.ts`;
 * `column-kernel.ts` says what is where in the memory.
 *
 * Encoders return the place behind the last byte that counts. They may write eight bytes more.
 */

import { placeRests } from './delta-packing';

export {
  packDoubles,
  packInt64s,
  packInts,
  packNarrowDoubles,
  packNarrowMillis,
} from './delta-packing';
export { listKeys, mapKeys, packIndexes } from './index-packing';
export { packLengths, packPrefixed, rangeOfTexts } from './texts';

/** Says where a block of 128 longs has room; once per instance. */
export function place(rests: usize): void {
  placeRests(rests);
}

/** Stores the smallest and the largest of at least one value. */
export function rangeOfInts(values: usize, count: i32, into: usize): void {
  let least = load<i32>(values);
  let most = least;
  let lows = i32x4.splat(least);
  let highs = lows;
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const four = v128.load(values + (i << 2));
    lows = i32x4.min_s(lows, four);
    highs = i32x4.max_s(highs, four);
  }
  v128.store(into, lows);
  v128.store(into, highs, 16);
  for (let lane: usize = 0; lane < 16; lane += 4) {
    least = min(least, load<i32>(into + lane));
    most = max(most, load<i32>(into + lane, 16));
  }
  for (; i < count; i++) {
    const value = load<i32>(values + (i << 2));
    least = min(least, value);
    most = max(most, value);
  }
  store<i32>(into, least);
  store<i32>(into, most, 4);
}

/** The same for doubles that are numbers. */
export function rangeOfDoubles(values: usize, count: i32, into: usize): void {
  let lows = f64x2.splat(load<f64>(values));
  let highs = lows;
  let i = 0;
  for (; i + 2 <= count; i += 2) {
    const two = v128.load(values + (i << 3));
    lows = f64x2.pmin(lows, two);
    highs = f64x2.pmax(highs, two);
  }
  if (i < count) {
    const last = f64x2.splat(load<f64>(values + (i << 3)));
    lows = f64x2.pmin(lows, last);
    highs = f64x2.pmax(highs, last);
  }
  store<f64>(into, min(f64x2.extract_lane(lows, 0), f64x2.extract_lane(lows, 1)));
  store<f64>(into, max(f64x2.extract_lane(highs, 0), f64x2.extract_lane(highs, 1)), 8);
}

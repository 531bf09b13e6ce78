/** Hash and copy of short values. AssemblyScript, part of `order-kernel.ts`. */

/**
 * `hashBytes` of bytes.ts, bit for bit: the exchange spreads order ids by it, whoever read them.
 */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function hashOf(start: usize, length: i32): u32 {
  const end = start + length;
  let hash = <u32>length;
  if (length >= 4) {
    hash = (hash ^ load<u32>(start)) * 0x9e3779b1;
    for (let at = start + 4; at < end - 4; at += 4) {
      hash = ((hash ^ (hash >> 15)) + load<u32>(at)) * 0x9e3779b1;
    }
    hash = (hash ^ (hash >> 15)) + load<u32>(end - 4);
  } else {
    for (let at = start; at < end; at++) hash = (hash << 8) | load<u8>(at);
  }
  hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35;
  return hash ^ (hash >> 16);
}

/** Writes up to 15 bytes more than the value has. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function copy(from: usize, length: i32, to: usize): void {
  for (let i = 0; i < length; i += 16) v128.store(to + i, v128.load(from + i));
}

/** Compares text by its UTF-8 bytes (contract §2); JavaScript itself compares UTF-16 code units. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rankOf(left) - rankOf(right);
  }
  return a.length - b.length;
}

/** Surrogates encode characters beyond U+FFFF, so they come after U+E000 to U+FFFF. */
function rankOf(codeUnit: number): number {
  if (codeUnit < 0xd800) return codeUnit;
  return codeUnit >= 0xe000 ? codeUnit - 0x800 : codeUnit + 0x2000;
}

/** Compares sequence numbers, long decimals without leading zeros, as numbers. */
export function compareSequenceNumbers(a: string, b: string): number {
  return a.length - b.length || compareText(a, b);
}

/** The partition of a text, by FNV-1a over its code units: the same on every machine. */
export function partitionOf(text: string, partitionCount: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return ((hash ^ (hash >>> 15)) >>> 0) % partitionCount;
}

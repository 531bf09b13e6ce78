/**
 * Currency signs of Unicode 17 (category Sc) but for the dollar, in order. Listed, as runtimes know
 * different versions of Unicode.
 */
const SIGNS: readonly (readonly [first: number, last: number])[] = [
  [0xa2, 0xa5],
  [0x58f, 0x58f],
  [0x60b, 0x60b],
  [0x7fe, 0x7ff],
  [0x9f2, 0x9f3],
  [0x9fb, 0x9fb],
  [0xaf1, 0xaf1],
  [0xbf9, 0xbf9],
  [0xe3f, 0xe3f],
  [0x17db, 0x17db],
  [0x20a0, 0x20c1],
  [0xa838, 0xa838],
  [0xfdfc, 0xfdfc],
  [0xfe69, 0xfe69],
  [0xff04, 0xff04],
  [0xffe0, 0xffe1],
  [0xffe5, 0xffe6],
  [0x11fdd, 0x11fe0],
  [0x1e2ff, 0x1e2ff],
  [0x1ecb0, 0x1ecb0],
];

const DOLLAR = 0x24;

/** Bytes of the currency sign (Unicode category Sc) at `at`; 0 if there is none before `end`. */
export function currencySignLength(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return 0;
  const first = bytes[at];
  if (first < 0x80) return first === DOLLAR ? 1 : 0;
  // The euro and its neighbours, U+20A0 to U+20BF, without a look at the list.
  const isUsual = first === 0xe2 && at + 3 <= end && bytes[at + 1] === 0x82;
  if (isUsual && bytes[at + 2] >= 0xa0 && bytes[at + 2] <= 0xbf) return 3;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (first < 0xc2 || at + length > end) return 0;
  let codePoint = first & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i];
    if ((byte & 0xc0) !== 0x80) return 0;
    codePoint = (codePoint << 6) | (byte & 0x3f);
  }
  for (const [low, high] of SIGNS) {
    if (codePoint <= high) return codePoint >= low ? length : 0;
  }
  return 0;
}

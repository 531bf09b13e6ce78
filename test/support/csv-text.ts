import fc from 'fast-check';

/** Text made of what a CSV scanner looks at, and of what it has to leap over. */

const TOKENS = [
  ...[',', ',', ',', ',,,,,,', '"', '"', '""', '"""', '\n', '\n', '\r\n', '\r', ' '],
  ...['a', 'o1', 'value', 'x'.repeat(15), 'x'.repeat(33), '€', '😀'],
  ...['"a', ',"a', '"', '" ', '"\t', '" \r\n', ',"a b" \t,', '"\r', '\t'],
  ...['a,b,c,d,e,f,g\n', 'a,b,c,"d,",e,f,g\r\n', '"a",b,"c\n",d,e,f,"g"\n'],
];
const BAD_BYTES = ['ff', 'c3', 'e282'].map((hex) => Buffer.from(hex, 'hex'));

/** Bytes that are CSV by and large, of seven columns now and then. */
export const csvText: fc.Arbitrary<Buffer> = fc
  .array(
    fc.oneof(
      { weight: 40, arbitrary: fc.constantFrom(...TOKENS).map((text) => Buffer.from(text)) },
      { weight: 1, arbitrary: fc.constantFrom(...BAD_BYTES) },
    ),
    { maxLength: 60 },
  )
  .map((parts) => Buffer.concat(parts));

/** The same with any delimiter: what it was is a character then. */
export const delimitedText: fc.Arbitrary<{ text: Buffer; delimiter: string }> = fc
  .record({
    text: csvText,
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
  })
  .map(({ text, delimiter }) => ({ text: withDelimiter(text, delimiter), delimiter }));

/** Commas and delimiters change places. */
export function withDelimiter(text: Uint8Array, delimiter: string): Buffer {
  const [comma, other] = Buffer.from(`,${delimiter}`);
  const swap = (byte: number) => (byte === comma ? other : byte === other ? comma : byte);
  return Buffer.from(text.map(swap));
}

/** A source that hands out an input in pieces of these sizes, over and over. */
export function sourceOf(input: Uint8Array, pieceSizes: readonly number[]) {
  let at = 0;
  let turn = 0;
  return {
    async read(target: Uint8Array): Promise<number> {
      const size = Math.min(pieceSizes[turn++ % pieceSizes.length], target.length);
      const piece = input.subarray(at, at + size);
      target.set(piece);
      at += piece.length;
      return piece.length;
    },
  };
}

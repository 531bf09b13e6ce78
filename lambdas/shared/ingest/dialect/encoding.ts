import { UnreadableInputError } from '../byte-sources.ts';

/**
 * The name of an encoding, in lower case, for any label of the WHATWG encoding standard; null for
 * other texts, and for labels that the standard knows and refuses (`iso-2022-kr`). `latin1` is
 * `windows-1252` there.
 */
export function checkEncoding(label: string): string | null {
  try {
    return new TextDecoder(label).encoding;
  } catch (error) {
    // What else a decoder may throw is no answer to the question.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/**
 * Decodes text to UTF-8, byte order mark included. `encoding` is what `checkEncoding` answers.
 * Throws `UnreadableInputError` (`encoding_invalid`) at bytes that mean nothing in it, such as half
 * a character at the end; no byte is replaced. Encodings of one byte, all of whose bytes are
 * characters, read anything.
 */
export async function* utf8Of(
  pieces: AsyncIterable<Uint8Array>,
  encoding: string,
): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  const decoded = (piece?: Uint8Array) => {
    try {
      const text = decoder.decode(piece, { stream: piece !== undefined });
      return Buffer.from(text);
    } catch (cause) {
      throw new UnreadableInputError('encoding_invalid', { cause });
    }
  };
  for await (const piece of pieces) yield decoded(piece);
  yield decoded();
}

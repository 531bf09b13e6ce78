// biome-ignore-all lint/suspicious/noControlCharactersInRegex: ASCII begins with them
/** What text was when it was read as UTF-8: characters that it could not be, and some that were. */
export interface Utf8Count {
  /** Places that are not UTF-8. */
  readonly invalid: number;
  /** Characters beyond ASCII that are. */
  readonly valid: number;
}

export type Encoding = 'utf-8' | 'windows-1252';

/** The character that a decoder puts where bytes are no UTF-8. */
const REPLACEMENT = /\ufffd/g;
const BEYOND_ASCII = /[^\0-\x7f\ufffd]/g;

/** Adds up, piece by piece, what text read as UTF-8 says of its encoding. */
export class Utf8Counter {
  invalid = 0;
  valid = 0;

  /** Looks at the next piece of decoded text. */
  add(text: string): void {
    this.invalid += text.match(REPLACEMENT)?.length ?? 0;
    this.valid += text.match(BEYOND_ASCII)?.length ?? 0;
  }
}

/**
 * The encoding of a text: UTF-8 if it is that, or nearly all of what is not ASCII is; otherwise
 * windows-1252, which any bytes may be: a guess.
 */
export function encodingOf({ invalid, valid }: Utf8Count): Encoding {
  return invalid === 0 || invalid * 10 <= valid ? 'utf-8' : 'windows-1252';
}

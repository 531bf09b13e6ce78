/** How many columns of a terminal text takes, and how it is fitted into some. */

const ASCII = /^[\x20-\x7e]*$/;
/** East Asian wide and fullwidth characters (Unicode UAX #11), and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;
/** Marks that are drawn onto the character before, and characters without any shape. */
const WITHOUT_WIDTH = /^[\p{Mark}\p{Format}]+$/u;
const ELLIPSIS = '…';

/** What a reader takes for one character may be several of Unicode's. */
const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns that text takes on a terminal; it must not hold control characters. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of characters.segment(text)) width += widthOfCharacter(segment);
  return width;
}

/** The text, or its beginning with `…` at the end, in at most `width` columns. */
export function cutTo(text: string, width: number): string {
  if (text.length <= width && ASCII.test(text)) return text;
  let used = 0;
  let end = 0;
  for (const { segment, index } of characters.segment(text)) {
    used += widthOfCharacter(segment);
    if (used > width) return width < 1 ? '' : `${text.slice(0, end)}${ELLIPSIS}`;
    // The longest beginning that leaves room for the ellipsis.
    if (used < width) end = index + segment.length;
  }
  return text;
}

/** The text filled up with blanks to `width` columns; wider text stays as it is. */
export function padTo(text: string, width: number, side: 'left' | 'right'): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)));
  return side === 'left' ? blanks + text : text + blanks;
}

function widthOfCharacter(character: string): number {
  if (ASCII.test(character)) return character.length;
  if (WITHOUT_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

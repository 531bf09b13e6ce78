import { COMMA, QUOTE, SPACE, TAB } from '../../bytes/bytes.ts';
import type { Dialect } from '../../model/config-input.ts';

/** What no byte is: the dialect has no such character. */
export const NO_BYTE = -1;

/** A dialect as a scanner looks at it: characters are bytes, or `NO_BYTE`. */
export interface DialectRules {
  readonly delimiter: number;
  readonly quoteByte: number;
  readonly isDoubled: boolean;
  readonly escapeByte: number;
  readonly commentByte: number;
  readonly skipsBlanks: boolean;
  readonly padsRows: boolean;
}

/**
 * The rules of a dialect for a file whose delimiter, a byte, is known. A quote that is the escape
 * character, too, is a doubled quote, as Spark has it.
 */
export function dialectRules(dialect: Dialect, delimiter: number = COMMA): DialectRules {
  const quoteByte = byteOf(dialect.quoteChar);
  const escapeByte = byteOf(dialect.escapeChar);
  const isEscapedByItself = quoteByte !== NO_BYTE && escapeByte === quoteByte;
  return {
    delimiter,
    quoteByte,
    isDoubled: dialect.doubleQuote || isEscapedByItself,
    escapeByte: isEscapedByItself ? NO_BYTE : escapeByte,
    commentByte: byteOf(dialect.commentChar),
    skipsBlanks: dialect.skipInitialSpace,
    padsRows: dialect.padRows,
  };
}

/** True where the kernel for the form of contract §1.1 finds the same records and values. */
export function isKernelDialect(dialect: Dialect): boolean {
  const rules = dialectRules(dialect);
  return (
    rules.quoteByte === QUOTE &&
    rules.isDoubled &&
    rules.escapeByte === NO_BYTE &&
    rules.commentByte === NO_BYTE &&
    !rules.skipsBlanks &&
    !rules.padsRows
  );
}

/** A space, or a tab that does not separate fields. */
export function isBlankOf(byte: number, delimiter: number): boolean {
  return (byte === SPACE || byte === TAB) && byte !== delimiter;
}

function byteOf(character: string | null): number {
  return character === null ? NO_BYTE : character.charCodeAt(0);
}

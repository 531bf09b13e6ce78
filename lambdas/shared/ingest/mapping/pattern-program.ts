import { SPACE } from '../../bytes/bytes.ts';
import type { Letter, Token } from '../../model/time-pattern.ts';
import { halfStep, monthStep, weekdayStep } from './name-steps.ts';
import {
  blanksStep,
  DAY,
  DAY_OF_YEAR,
  epochStep,
  fractionStep,
  HOUR,
  literalStep,
  MINUTE,
  MONTH,
  NO_DELIMITER,
  type NumberField,
  numbersStep,
  type Parts,
  paddingStep,
  SECOND,
  type Step,
  YEAR,
} from './pattern-steps.ts';
import { offsetStep, zoneNameStep } from './zone-steps.ts';

/** How each directive that is a number is written: part, digits at least and most, range. */
const NUMBERS = {
  Y: [YEAR, 4, 4, 0, 9999],
  y: [YEAR, 2, 2, 0, 99],
  m: [MONTH, 1, 2, 1, 12],
  d: [DAY, 1, 2, 1, 31],
  e: [DAY, 1, 2, 1, 31],
  j: [DAY_OF_YEAR, 1, 3, 1, 366],
  H: [HOUR, 1, 2, 0, 23],
  I: [HOUR, 1, 2, 1, 12],
  M: [MINUTE, 1, 2, 0, 59],
  S: [SECOND, 1, 2, 0, 59],
} as const satisfies Partial<Record<Letter, readonly number[]>>;

type NumberLetter = keyof typeof NUMBERS;

/** All other directives. */
const OTHERS: Readonly<Record<Exclude<Letter, NumberLetter>, (parts: Parts) => Step>> = {
  b: monthStep,
  B: monthStep,
  h: monthStep,
  a: weekdayStep,
  A: weekdayStep,
  p: halfStep,
  f: fractionStep,
  z: offsetStep,
  Z: zoneNameStep,
  s: epochStep,
};

/**
 * The steps that read a value of a pattern, one after the other, into `parts`. Numbers that only
 * single bytes or blanks part are one step.
 */
export function stepsOf(tokens: readonly Token[], parts: Parts): Step[] {
  const steps: Step[] = [];
  let fields: NumberField[] = [];
  const endRun = (): void => {
    if (fields.length > 0) steps.push(numbersStep(parts, fields));
    fields = [];
  };
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token.kind !== 'directive') {
      endRun();
      steps.push(token.kind === 'blanks' ? blanksStep : literalStep(token.text));
    } else if (!isNumber(token.letter)) {
      endRun();
      steps.push(OTHERS[token.letter](parts));
    } else {
      if (token.letter === 'e') {
        endRun();
        steps.push(paddingStep);
      }
      const delimiter = delimiterOf(tokens[i + 1]);
      const isTouched = isDigits(tokens[i - 1]) || isDigits(tokens[i + 1]);
      fields.push(fieldOf(token.letter, isTouched, delimiter));
      if (delimiter !== NO_DELIMITER) i++;
    }
  }
  endRun();
  return steps;
}

/** The byte of a token that a number takes along; blanks are `SPACE`. */
function delimiterOf(token: Token | undefined): number {
  if (token?.kind === 'blanks') return SPACE;
  const isOneByte = token?.kind === 'literal' && token.text.length === 1 && token.text < '\x7f';
  return isOneByte ? token.text.charCodeAt(0) : NO_DELIMITER;
}

/** Touched numbers need all digits: `2026115` might be of November or of January. */
function fieldOf(letter: NumberLetter, isTouched: boolean, delimiter: number): NumberField {
  const [part, digitsMin, digitsMax, min, max] = NUMBERS[letter];
  return { part, digitsMin: isTouched ? digitsMax : digitsMin, digitsMax, min, max, delimiter };
}

function isNumber(letter: Letter): letter is NumberLetter {
  return Object.hasOwn(NUMBERS, letter);
}

function isDigits(token: Token | undefined): boolean {
  return token?.kind === 'directive' && (isNumber(token.letter) || token.letter === 'f');
}

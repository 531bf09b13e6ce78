import { advice, fitText, ofField, type Suggestion, type SuggestionContext } from './suggestion.ts';
import type { ConfigValue } from './yaml-flow.ts';

interface NumberForm {
  readonly decimalChar: string;
  readonly groupChar: string | null;
  readonly bareNumber: boolean;
}

/** In this order: of two that fit the same values the first is suggested. */
const SEPARATORS: readonly (readonly [string, string | null])[] = [
  ['.', null],
  ['.', ','],
  [',', null],
  [',', '.'],
  ...[' ', '\u00a0', '\u202f', "'", '\u2019'].flatMap((group): [string, string][] => [
    ['.', group],
    [',', group],
  ]),
];

const FORMS: readonly NumberForm[] = [true, false].flatMap((bareNumber) =>
  SEPARATORS.map(([decimalChar, groupChar]) => ({ decimalChar, groupChar, bareNumber })),
);

/** Currency signs and codes, per cent signs and blanks, on one side of a number. */
const AROUND = String.raw`[\s\p{Sc}%]*(?:\p{L}{3}\.?)?[\s\p{Sc}%]*`;
const FRONT = new RegExp(`^([+-]?)${AROUND}`, 'u');
const BACK = new RegExp(`${AROUND}$`, 'u');

/** What the numbers of a field may be behind the decimal character. */
const FRACTIONS = { quantity: /^0*$/, price: /^\d{0,2}0*$/ } as const;

/**
 * How numbers have to be read that are none in Tandem's own form. `values` are those that were
 * refused, for `price_not_decimal`, `price_too_precise` and `quantity_not_integer`.
 */
export function suggestNumber(
  field: 'quantity' | 'price',
  values: readonly string[],
  context: SuggestionContext,
): Suggestion | null {
  const texts = [...new Set(values.map((value) => value.trim()))];
  const read = (form: NumberForm) => texts.map((text) => plainNumber(text, form, FRACTIONS[field]));
  const counted = FORMS.map((form) => {
    const numbers = read(form);
    return { form, numbers, count: numbers.filter((number) => number !== null).length };
  });
  const most = Math.max(...counted.map(({ count }) => count));
  const best = counted.filter(({ count }) => count === most);
  if (most === 0) return otherwise(field, texts);
  const [{ form, numbers }] = best;
  const at = numbers.findIndex((number) => number !== null);
  const readings = new Set(best.map((one) => one.numbers[at]));
  readings.delete(null);
  const doubt =
    readings.size > 1 ? `; it could also be ${[...readings].slice(1).join(' or ')}: compare` : '';
  const others =
    form.decimalChar === '.' || context.isWholeFile
      ? ''
      : '; the other values of the column have to fit it too, so check again';
  const text = `${texts[at]} is ${numbers[at]}${doubt}${fitText(most, texts.length)}${others}`;
  return ofField(text, field, optionsOf(form), context);
}

/** The number with a decimal point, as Tandem reads it; null if the text has not this form. */
function plainNumber(
  text: string,
  { decimalChar, groupChar, bareNumber }: NumberForm,
  fractions: RegExp,
): string | null {
  const number = bareNumber ? text : text.replace(BACK, '').replace(FRONT, '$1');
  const sign = /^[+-]/.exec(number)?.[0] ?? '';
  const parts = number.slice(sign.length).split(decimalChar);
  if (parts.length > 2) return null;
  const [whole, fraction = ''] = parts;
  const groups = groupChar === null ? [whole] : whole.split(groupChar);
  const areGroups =
    groups.length === 1 ||
    (/^\d{1,3}$/.test(groups[0]) && groups.slice(1).every((group) => /^\d{3}$/.test(group)));
  const digits = groups.join('');
  if (!areGroups || !/^\d*$/.test(digits) || digits + fraction === '') return null;
  if (!fractions.test(fraction)) return null;
  return `${sign === '-' ? '-' : ''}${digits === '' ? '0' : digits}${fraction && `.${fraction}`}`;
}

function optionsOf({ decimalChar, groupChar, bareNumber }: NumberForm): {
  readonly [key: string]: ConfigValue;
} {
  return {
    ...(decimalChar !== '.' && { decimalChar }),
    ...(groupChar !== null && { groupChar }),
    ...(!bareNumber && { bareNumber }),
  };
}

function otherwise(field: 'quantity' | 'price', texts: readonly string[]): Suggestion | null {
  const isDecimal = texts.some((text) => /^[+-]?\d*[.,]\d+$/.test(text));
  if (field === 'quantity' && isDecimal) {
    return advice(
      'a quantity is whole pieces: export pieces, or a smaller unit of weight or length',
    );
  }
  const isWord = texts.every((text) => !/\d/.test(text));
  return isWord ? advice('these are words, no numbers: correct them where they come from') : null;
}

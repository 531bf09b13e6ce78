import { ORDER_FIELDS } from '../../../lambdas/shared/model/order.ts';
import { type FieldRules, splitFields } from './record-fields.ts';
import {
  advice,
  ofEntry,
  type Suggestion,
  type SuggestionContext,
  sourceOf,
} from './suggestion.ts';
import type { ConfigValue } from './yaml-flow.ts';

/** Records whose fields are counted in every way. */
const TRIED_RECORDS = 200;

interface Change {
  readonly text: string;
  readonly dialect: { readonly [key: string]: ConfigValue };
  readonly rules: Partial<FieldRules>;
  /** What a record has to hold, so that the change is thought of. */
  readonly sign: RegExp;
}

/** Other ways to read quotes, which may give a record its number of fields. */
const CHANGES: readonly Change[] = [
  {
    text: 'a backslash stands before quotes or delimiters inside of fields',
    dialect: { escapeChar: '\\' },
    rules: { escapeChar: '\\' },
    sign: /\\/,
  },
  {
    text: 'fields are quoted by apostrophes',
    dialect: { quoteChar: "'" },
    rules: { quoteChar: "'" },
    sign: /'/,
  },
  {
    text: 'quotes are ordinary characters',
    dialect: { quoteChar: null },
    rules: { quoteChar: null },
    sign: /"/,
  },
];

/** What helps with records of more or fewer fields than the header; `records` are their texts. */
export function suggestFieldCount(
  records: readonly string[],
  context: SuggestionContext,
): Suggestion | null {
  const { rules, columns } = context;
  if (rules === null || columns.length === 0 || records.length === 0) return null;
  const tried = records.slice(0, TRIED_RECORDS);
  const countWith = (change: Partial<FieldRules>) =>
    tried.map((raw) => splitFields(raw, { ...rules, ...change }).fields.length);
  const counts = countWith({});
  for (const { text, dialect, rules: change, sign } of CHANGES) {
    const signed = tried.filter((raw) => sign.test(raw)).length;
    const right = countWith(change).filter((count) => count === columns.length).length;
    if (signed === 0 || right * 2 < tried.length) continue;
    return ofEntry(`${text}: ${right} of ${tried.length} records then fit the header`, { dialect });
  }
  const fewer = counts.filter((count) => count < columns.length).length;
  const range = `${rangeText(counts)} instead of ${columns.length} fields`;
  if (fewer * 2 >= counts.length) return fewerFields(counts, range, context);
  return moreFields(tried, counts, range, context);
}

function fewerFields(
  counts: readonly number[],
  range: string,
  context: SuggestionContext,
): Suggestion {
  const { columns } = context;
  const places = ORDER_FIELDS.flatMap((field) => [sourceOf(field, context)].flat()).map((name) =>
    columns.indexOf(String(name)),
  );
  const needed = Math.max(...places) + 1;
  if (counts.filter((count) => count >= needed).length * 2 < counts.length) {
    return advice(
      `${range}, so values are missing that an order needs: lines that are no orders (a total, a ` +
        'note), records that are broken by a line end without quotes, or a file that was cut',
    );
  }
  return ofEntry(`${range}: columns at the end that are left off are missing values`, {
    dialect: { padRows: true },
  });
}

function moreFields(
  records: readonly string[],
  counts: readonly number[],
  range: string,
  { rules, columns }: SuggestionContext,
): Suggestion {
  const delimiter = rules?.delimiter ?? ',';
  const isTrailing = records.every((raw) => raw.trimEnd().endsWith(delimiter));
  if (isTrailing && counts.every((count) => count === columns.length + 1)) {
    return advice(`${range}: a delimiter at the end of each line; give the header one too`);
  }
  if (delimiter === ',' && records.every((raw) => /\d,\d{1,2}(?:\D|$)/.test(raw))) {
    return advice(
      `${range}: decimal commas are taken for delimiters; export with ";", or quote the numbers`,
    );
  }
  return advice(`${range}: a value holds the delimiter; quote such values in the export`);
}

function rangeText(counts: readonly number[]): string {
  const least = Math.min(...counts);
  const most = Math.max(...counts);
  return least === most ? `${least}` : `${least} to ${most}`;
}

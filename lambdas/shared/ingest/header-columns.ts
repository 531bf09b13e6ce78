import { ORDER_FIELDS } from '../model/order.ts';

/** The columns that a header has to have, and may have. */
export interface WantedColumns {
  /** Names, in the order in which a layout numbers them. */
  readonly fields: readonly string[];
  readonly required: readonly string[];
}

export const ORDER_COLUMNS: WantedColumns = { fields: ORDER_FIELDS, required: ORDER_FIELDS };

/** The columns of the fields, or what is wrong with the header's names. */
export type MatchedColumns =
  | { readonly kind: 'matched'; readonly fields: readonly number[] }
  | { readonly kind: 'missing'; readonly missing: readonly string[] }
  | { readonly kind: 'repeated'; readonly repeated: readonly string[] };

/**
 * Finds the fields among a header's names (contract §1.1): the exact name wins, otherwise a name
 * that differs only in case, or has blanks or `-` for `_`.
 */
export function matchColumns(
  names: readonly string[],
  { fields, required }: WantedColumns,
): MatchedColumns {
  const repeated: string[] = [];
  const missing: string[] = [];
  const found = names.map(() => -1);
  let plain: readonly string[] | null = null;
  fields.forEach((field, index) => {
    let columns = columnsOf(names, field);
    if (columns.length === 0) {
      plain ??= names.map(plainName);
      columns = columnsOf(plain, field);
    }
    if (columns.length > 1) repeated.push(repeatedText(field, columns, names));
    else if (columns.length === 1) found[columns[0]] = index;
    else if (required.includes(field)) missing.push(field);
  });
  if (missing.length > 0) return { kind: 'missing', missing };
  if (repeated.length > 0) return { kind: 'repeated', repeated };
  return { kind: 'matched', fields: found };
}

/**
 * The form in which header names are compared: `Order ID` and `ORDER-ID` give `order_id`. Letters
 * beyond ASCII stay as they are.
 */
function plainName(name: string): string {
  const lower = name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return lower.replace(/[ -]/g, '_');
}

function columnsOf(names: readonly string[], field: string): number[] {
  const columns: number[] = [];
  for (let at = names.indexOf(field); at >= 0; at = names.indexOf(field, at + 1)) columns.push(at);
  return columns;
}

function repeatedText(field: string, columns: readonly number[], names: readonly string[]): string {
  const spellings = [...new Set(columns.map((column) => names[column]))];
  const isExact = spellings.length === 1 && spellings[0] === field;
  return isExact ? field : `${field} (${spellings.map((name) => `"${name}"`).join(' and ')})`;
}

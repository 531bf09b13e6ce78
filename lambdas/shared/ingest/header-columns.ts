import { ORDER_FIELDS } from '../model/order.ts';

/** The columns that a header has to have, and may have. */
export interface WantedColumns {
  /**
   * Names, in the order in which a layout numbers them, each once; null: a number that no column
   * has.
   */
  readonly fields: readonly (string | null)[];
  readonly required: readonly string[];
}

export const ORDER_COLUMNS: WantedColumns = { fields: ORDER_FIELDS, required: ORDER_FIELDS };

/** The columns of the fields, or what is wrong with the header's names. */
export type MatchedColumns =
  | { readonly kind: 'matched'; readonly fields: readonly number[] }
  | { readonly kind: 'missing'; readonly missing: readonly string[] }
  | { readonly kind: 'repeated'; readonly repeated: readonly string[] };

/**
 * Finds the fields among a header's names (contract §1.1): the exact name wins, otherwise one that
 * differs from that of the field only in case, or in having a blank or `-` where the other has `_`.
 * `repeated` are fields with several columns, and columns with several fields.
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
    if (field === null) return;
    let columns = columnsOf(names, field);
    if (columns.length === 0) {
      plain ??= names.map(plainName);
      columns = columnsOf(plain, plainName(field));
    }
    const [column, ...more] = columns;
    if (more.length > 0) repeated.push(repeatedText(field, columns, names));
    else if (column === undefined) {
      if (required.includes(field)) missing.push(field);
    } else if (found[column] >= 0) {
      repeated.push(`${fields[found[column]]} and ${field} ("${names[column]}")`);
    } else found[column] = index;
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

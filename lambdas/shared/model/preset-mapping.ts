import type { OrderField, Status } from './order.ts';

/** How a field comes about; the words of `fields` in the config. */
export type PresetField = {
  readonly from?: string | readonly string[];
  readonly join?: string;
  readonly default?: string;
  readonly format?: readonly string[];
  readonly timeZone?: string;
  readonly decimalChar?: string;
  readonly groupChar?: string;
  readonly bareNumber?: boolean;
  readonly per?: 'line';
  readonly expect?: string;
  readonly values?: Readonly<Record<string, Status>>;
};

/** A mapping without `match`, with the keys of the config, not parsed yet. */
export type PresetMapping = {
  readonly encoding?: string;
  readonly dialect?: {
    readonly delimiter?: string;
    readonly quoteChar?: string | null;
    readonly escapeChar?: string;
    readonly header?: boolean;
    readonly columns?: readonly string[];
    readonly skipRows?: number;
  };
  readonly missingValues?: readonly string[];
  readonly fields?: Readonly<Partial<Record<OrderField | 'currency', PresetField>>>;
  readonly fillDown?: { readonly by: string; readonly fields: readonly string[] };
};

/** Stands for a customer whom the format does not name. */
export const GUEST = 'guest';
/** Of formats that list nothing but what was sold. */
export const COMPLETED: PresetField = { default: 'completed' };
/** Of formats in which a record is a whole order or payment. */
export const ONE_PIECE: PresetField = { default: '1' };
export const US_DOLLARS: PresetField = { from: 'Currency', expect: 'USD' };

export type Spellings = Readonly<Record<string, Status>>;

/** What `pairs` puts between two values; the mapping joins its columns by the same. */
export const PAIR = ' / ';

/**
 * Spellings of two columns that are joined by `PAIR`: each of `firsts` with each of `seconds`, all
 * in lower case. `statusOf` says what both together mean.
 */
export function pairs(
  firsts: readonly string[],
  seconds: readonly string[],
  statusOf: (first: string, second: string) => Status,
): Spellings {
  return Object.fromEntries(
    firsts.flatMap((first) =>
      seconds.map((second) => [`${first}${PAIR}${second}`, statusOf(first, second)]),
    ),
  );
}

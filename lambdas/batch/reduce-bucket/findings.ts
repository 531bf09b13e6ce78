import { ORDER_FIELDS } from '../../shared/model/order.ts';
import type { RecordPlace } from './bucket-rows.ts';
import type { FieldBits } from './kept-records.ts';

/**
 * What a bucket holds that people are warned of (contract §2.3). Each counts records, and names the
 * first of them in order of records, so that no cutting changes what is said.
 */
export interface Findings {
  readonly joins: JoinFindings;
  readonly duplicates: DuplicateFindings;
  readonly future: { readonly records: number; readonly first: RecordPlace | null };
}

export interface JoinFindings {
  /** Active rows without customer, and without product, whether there are such files or not. */
  readonly customersMissed: number;
  readonly productsMissed: number;
  /** Active rows that miss one of those of which there are files. */
  readonly missed: number;
  readonly first: (RecordPlace & { readonly id: string }) | null;
}

/** What a duplicate looks like that is another than the record that counts. */
export const DUPLICATE_LOOKS = [
  'spoiled_id',
  'line',
  'later_state',
  'sent_again',
  'other',
] as const;

export type DuplicateLook = (typeof DUPLICATE_LOOKS)[number];

export interface DuplicateFindings {
  readonly records: number;
  /** By index in `ORDER_FIELDS`: how many are another in it. */
  readonly byField: readonly number[];
  /** By index in `DUPLICATE_LOOKS`. */
  readonly byLook: readonly number[];
  readonly first: (RecordPlace & { readonly id: string; readonly kept: RecordPlace }) | null;
}

export const NO_FINDINGS: Findings = {
  joins: { customersMissed: 0, productsMissed: 0, missed: 0, first: null },
  duplicates: {
    records: 0,
    byField: ORDER_FIELDS.map(() => 0),
    byLook: DUPLICATE_LOOKS.map(() => 0),
    first: null,
  },
  future: { records: 0, first: null },
};

/** What two parts of a run hold together, in whichever order. */
export function addFindings(a: Findings, b: Findings): Findings {
  const sums = (one: readonly number[], other: readonly number[]) =>
    one.map((count, index) => count + other[index]);
  return {
    joins: {
      customersMissed: a.joins.customersMissed + b.joins.customersMissed,
      productsMissed: a.joins.productsMissed + b.joins.productsMissed,
      missed: a.joins.missed + b.joins.missed,
      first: earlier(a.joins.first, b.joins.first),
    },
    duplicates: {
      records: a.duplicates.records + b.duplicates.records,
      byField: sums(a.duplicates.byField, b.duplicates.byField),
      byLook: sums(a.duplicates.byLook, b.duplicates.byLook),
      first: earlier(a.duplicates.first, b.duplicates.first),
    },
    future: {
      records: a.future.records + b.future.records,
      first: earlier(a.future.first, b.future.first),
    },
  };
}

function earlier<Place extends RecordPlace>(a: Place | null, b: Place | null): Place | null {
  if (a === null || b === null) return a ?? b;
  const order = a.sourceIndex - b.sourceIndex || a.offset - b.offset;
  return order <= 0 ? a : b;
}

/**
 * The index in `DUPLICATE_LOOKS` of a duplicate whose id stands at `[start, end)` of `ids`.
 * `fields` are those that differ: at least one.
 */
export function lookOf(ids: Uint8Array, start: number, end: number, fields: FieldBits): number {
  if (isSpoiledId(ids, start, end)) return SPOILED_ID;
  if ((fields & PRODUCT) !== 0) return LINE;
  if ((fields & CUSTOMER) !== 0) return OTHER;
  return (fields & STATE) === 0 ? SENT_AGAIN : LATER_STATE;
}

const indexOf = (look: DuplicateLook) => DUPLICATE_LOOKS.indexOf(look);
const SPOILED_ID = indexOf('spoiled_id');
const LINE = indexOf('line');
const LATER_STATE = indexOf('later_state');
const SENT_AGAIN = indexOf('sent_again');
const OTHER = indexOf('other');

const bitOf = (name: (typeof ORDER_FIELDS)[number]) => 1 << ORDER_FIELDS.indexOf(name);
const PRODUCT = bitOf('product_id');
const CUSTOMER = bitOf('customer_id');
const STATE = bitOf('status') | bitOf('price') | bitOf('quantity');

const LONGEST_SPOILED_ID = 24;
const ZERO = 0x30;
const NINE = 0x39;
const LOWER_E = 0x65;

/**
 * `4.00638E+12`: a spreadsheet shows large numbers so, and saves what it shows. Many ids become
 * one.
 */
function isSpoiledId(ids: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length > LONGEST_SPOILED_ID || length < 4 || ids[start] < ZERO || ids[start] > NINE) {
    return false;
  }
  let at = start + 1;
  while (at < end && (ids[at] | 0x20) !== LOWER_E) at++;
  if (at === end) return false;
  return /^\d([.,]\d+)?E\+?\d+$/i.test(Buffer.from(ids.slice(start, end)).toString('latin1'));
}

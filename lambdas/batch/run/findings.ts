import { ORDER_FIELDS } from '../../shared/model/order.ts';

/** Where a record stands: places are in order of records. */
export interface RecordPlace {
  /** Index of the object, in the inputs of the plan. */
  readonly sourceIndex: number;
  readonly offset: number;
}

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

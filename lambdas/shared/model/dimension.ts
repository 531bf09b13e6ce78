import { type ColumnDraft, DATE, nullable, PRICE, STRING } from './column.ts';

/**
 * A lookup table that orders are joined with (contract §1.2). Its columns exist here only: the
 * reader of its files, the joined columns of `orders` and reconcile follow this list.
 */
export interface DimensionDefinition {
  readonly name: 'customers' | 'products';
  /** The one column that a file must have; orders have it too. */
  readonly key: 'customer_id' | 'product_id';
  /** The other columns, null where a file lacks them. */
  readonly columns: readonly ColumnDraft[];
}

export const CUSTOMERS: DimensionDefinition = {
  name: 'customers',
  key: 'customer_id',
  columns: [
    nullable('customer_name', STRING, 'from customers'),
    nullable('customer_email', STRING, 'from customers'),
    nullable('customer_segment', STRING, 'from customers'),
    nullable('registration_date', DATE, 'from customers'),
  ],
};

export const PRODUCTS: DimensionDefinition = {
  name: 'products',
  key: 'product_id',
  columns: [
    nullable('product_name', STRING, 'from products'),
    nullable('category', STRING, 'from products'),
    nullable('brand', STRING, 'from products'),
    nullable('list_price', PRICE, 'from products'),
  ],
};

/** In the order of their columns in `orders`. */
export const DIMENSIONS: readonly DimensionDefinition[] = [CUSTOMERS, PRODUCTS];

/** The folders of a landing zone whose files are read (contract §1). */
export const LANDING_FOLDERS: readonly string[] = ['orders', ...DIMENSIONS.map(({ name }) => name)];

/** Names of the joined columns, in the order of `orders`. */
export const JOINED_COLUMNS: readonly string[] = DIMENSIONS.flatMap(({ columns }) =>
  columns.map(({ name }) => name),
);

/**
 * The columns that a file of the dimension may have, the key first, and those that it must have.
 */
export function dimensionFields({ key, columns }: DimensionDefinition) {
  const fields: [string, ...string[]] = [key, ...columns.map(({ name }) => name)];
  return { fields, required: [key] };
}

/** What reading a dimension counted (contract §1.2), as the manifest holds it. */
export interface DimensionCounts {
  /** All rows read. */
  rows: number;
  dimension_issues: number;
  dimension_duplicates: number;
}

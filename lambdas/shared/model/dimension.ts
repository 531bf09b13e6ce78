import type { ColumnType } from './tables.ts';

/** A lookup table that orders are joined with (contract §1.2). The first field is the key. */
export interface DimensionDefinition {
  readonly name: 'customers' | 'products';
  readonly fields: readonly [string, ...string[]];
  /** By field, the key left out. */
  readonly types: readonly ColumnType['kind'][];
}

/** Only the key is required; columns that a file lacks are null. */
export function dimensionColumns({ fields }: DimensionDefinition) {
  return { fields, required: [fields[0]] };
}

export const CUSTOMERS: DimensionDefinition = {
  name: 'customers',
  fields: [
    'customer_id',
    'customer_name',
    'customer_email',
    'customer_segment',
    'registration_date',
  ],
  types: ['string', 'string', 'string', 'date'],
};

export const PRODUCTS: DimensionDefinition = {
  name: 'products',
  fields: ['product_id', 'product_name', 'category', 'brand', 'list_price'],
  types: ['string', 'string', 'string', 'decimal'],
};

/** What reading a dimension counted (contract §1.2), as the manifest holds it. */
export interface DimensionCounts {
  /** All rows read. */
  rows: number;
  dimension_issues: number;
  dimension_duplicates: number;
}

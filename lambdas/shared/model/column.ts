export type ColumnType =
  | { readonly kind: 'string' }
  | { readonly kind: 'int32' }
  | { readonly kind: 'int64' }
  | { readonly kind: 'date' }
  | { readonly kind: 'timestamp' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number };

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly isNullable: boolean;
  /**
   * Stable, starting at 1 in each table. A column keeps its id for ever; a new one takes the next.
   */
  readonly fieldId: number;
  readonly description: string;
}

/** A column before its table gives it a field id. */
export interface ColumnDraft extends Omit<Column, 'fieldId'> {
  /**
   * The generation in which the column came to its table, 1 where it is left out. Columns of later
   * generations take the field ids after all earlier ones, wherever in the table they are.
   */
  readonly since?: number;
}

export const STRING: ColumnType = { kind: 'string' };
export const INT32: ColumnType = { kind: 'int32' };
export const INT64: ColumnType = { kind: 'int64' };
export const DATE: ColumnType = { kind: 'date' };
export const TIMESTAMP: ColumnType = { kind: 'timestamp' };
/** The price of one piece. */
export const PRICE: ColumnType = { kind: 'decimal', precision: 10, scale: 2 };
/** A total, or a sum of totals. */
export const AMOUNT: ColumnType = { kind: 'decimal', precision: 18, scale: 2 };

/** A column without nulls. */
export function required(name: string, type: ColumnType, description: string): ColumnDraft {
  return { name, type, isNullable: false, description };
}

/** A column that may hold nulls. */
export function nullable(name: string, type: ColumnType, description: string): ColumnDraft {
  return { name, type, isNullable: true, description };
}

/** Gives columns the field ids 1, 2, 3 … by generation, then in their order. */
export function numbered(drafts: readonly ColumnDraft[]): Column[] {
  const byGeneration = drafts.toSorted((a, b) => (a.since ?? 1) - (b.since ?? 1));
  return drafts.map(({ since: _, ...column }, index) => ({
    ...column,
    fieldId: byGeneration.indexOf(drafts[index]) + 1,
  }));
}

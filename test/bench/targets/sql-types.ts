import type { ColumnType } from '../../../lambdas/shared/model/column.ts';

/** The type in DuckDB that holds every value of a column. */
export function sqlType(type: ColumnType): string {
  switch (type.kind) {
    case 'string':
      return 'VARCHAR';
    case 'int32':
      return 'INTEGER';
    case 'int64':
      return 'BIGINT';
    case 'date':
      return 'DATE';
    case 'timestamp':
      return 'TIMESTAMPTZ';
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`;
  }
}

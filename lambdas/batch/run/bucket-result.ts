import type { TableName } from '../../shared/model/tables.ts';
import type { TableFile } from '../../shared/parquet/table-file.ts';
import type { Findings } from './findings.ts';

export interface ReduceCounts {
  active: number;
  cancelled: number;
  duplicate: number;
  quarantined: number;
}

export interface BucketResult {
  readonly bucketIndex: number;
  readonly counts: ReduceCounts;
  readonly files: Readonly<Partial<Record<TableName, TableFile[]>>>;
  /** Active orders and cents by day. */
  readonly byDay: ReadonlyMap<number, { orders: number; cents: bigint }>;
  /** Active orders and cents by hour of day, 24 of them. */
  readonly byHour: readonly { orders: number; cents: bigint }[];
  readonly findings: Findings;
}

import { TerminalError } from '../model/errors.ts';
import { COUNT, exactly, listOf, nullable, objectWith, recordOf, TEXT } from '../model/shape.ts';
import type { TableName } from '../model/tables.ts';
import type { TableFile } from '../parquet/table-file.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { OutcomeCounts } from '../rules/outcome.ts';
import { compactJsonBytes } from '../runtime/json.ts';
import { REVENUE_CELLS, type RevenueCells } from './revenue-cells.ts';
import { readStored, type StoredKind } from './stored-json.ts';
import { COUNTS, TABLE_FILE } from './stored-manifests.ts';

/** Files by table, in the order in which they were written; a table without rows has none. */
export type TableFiles = Readonly<Partial<Record<TableName, readonly TableFile[]>>>;

/** What there is to warn of (contract §2.3). The unit is records; texts name the first of each. */
export interface ShardNotices {
  /** Active rows without customer, without product, and without both of them. */
  readonly customers_missed: number;
  readonly products_missed: number;
  readonly both_missed: number;
  readonly customer_miss: string | null;
  readonly product_miss: string | null;
  /** Counted records that are more than a day ahead of their arrival. */
  readonly future_events: number;
  readonly future_event: string | null;
}

/**
 * What an epoch publishes of one shard: `state/stream/results/<epoch>/<shard>.json` (stream
 * protocol §3, W2). A function of the plan and of the segments it names.
 */
export interface ShardResult extends RevenueCells {
  readonly result_format: 1;
  readonly epoch: number;
  readonly shard: string;
  readonly counts: Readonly<OutcomeCounts>;
  /** Records by issue code; codes that did not occur are left out. */
  readonly issues: Readonly<Record<string, number>>;
  readonly files: TableFiles;
  readonly notices: ShardNotices;
}

/** The bytes of a shard's result, equal for equal results. */
export function encodeShardResult(result: ShardResult): Uint8Array {
  return compactJsonBytes(result);
}

/**
 * Reads one shard's result. Throws `TerminalError` `result_missing` or `result_damaged`, which name
 * the key.
 */
export async function readShardResult(lake: ObjectStore, key: string): Promise<ShardResult> {
  return await readStored<ShardResult>(lake, key, SHARD_RESULT);
}

/** Reads one shard's result; null if it is missing or unreadable. */
export async function findShardResult(lake: ObjectStore, key: string): Promise<ShardResult | null> {
  try {
    return await readShardResult(lake, key);
  } catch (error) {
    if (error instanceof TerminalError && error.code.startsWith('result_')) return null;
    throw error;
  }
}

const NOTICES = objectWith({
  customers_missed: COUNT,
  products_missed: COUNT,
  both_missed: COUNT,
  customer_miss: nullable(TEXT),
  product_miss: nullable(TEXT),
  future_events: COUNT,
  future_event: nullable(TEXT),
});

const SHARD_RESULT: StoredKind = {
  what: 'result',
  shape: objectWith({
    result_format: exactly(1),
    epoch: COUNT,
    shard: TEXT,
    counts: COUNTS,
    issues: recordOf(COUNT),
    files: recordOf(listOf(TABLE_FILE)),
    ...REVENUE_CELLS,
    notices: NOTICES,
  }),
  missingCode: 'result_missing',
  damagedCode: 'result_damaged',
  wayOut: 'delete the object if it exists, and publish this shard of the plan again',
};

import type { JoinCounts } from '../model/joins.ts';
import type { Warning } from '../model/warning.ts';
import type { TableFile } from '../parquet/table-file.ts';
import type { OutcomeCounts } from '../rules/outcome.ts';
import type { DimensionEntry } from './dimension-entry.ts';
import type { PlannedShard } from './epoch-plan.ts';

/** `manifests/stream/<8 digits>.json`, names as in the JSON (contract §3.1). */
export interface StreamManifest {
  readonly kind: 'stream';
  readonly epoch: number;
  readonly status: 'published';
  readonly created_at: string;
  readonly code_version: string;
  readonly config_hash: string;
  readonly stream: string;
  readonly consumer: string;
  /** G, ISO 8601, or null. */
  readonly watermark: string | null;
  /** Manifest key of the epoch before, or null. */
  readonly previous: string | null;
  /** The newest manifest before this one that is complete, or null. */
  readonly previous_complete: string | null;
  /** True: row tables and windows list the files since the complete one before. */
  readonly complete: boolean;
  /** Counts of all epochs so far. */
  readonly counts: Readonly<OutcomeCounts>;
  readonly epoch_counts: Readonly<OutcomeCounts>;
  readonly issues: Readonly<Record<string, number>>;
  readonly revenue: string;
  readonly rejected_files: readonly never[];
  /**
   * Warnings about records of all epochs so far, and the dimensions of this one (contract §2.3).
   */
  readonly warnings: readonly Warning[];
  /** Warnings about this epoch's records and dimensions. */
  readonly epoch_warnings: readonly Warning[];
  /** Joins of all epochs so far. */
  readonly joins: JoinCounts;
  readonly dimensions: { readonly customers: DimensionEntry; readonly products: DimensionEntry };
  readonly inputs: readonly PlannedShard[];
  readonly tables: Readonly<Record<string, { readonly files: readonly TableFile[] }>>;
}

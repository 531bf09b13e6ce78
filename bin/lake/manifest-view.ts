import type { BatchManifest } from '../../lambdas/batch/run/batch-manifest.ts';
import type { TableName } from '../../lambdas/shared/model/tables.ts';
import type { Warning } from '../../lambdas/shared/model/warning.ts';
import type { OutcomeCounts } from '../../lambdas/shared/rules/outcome.ts';

/** The parts of a manifest (contract §3.1) that the command line reads. Names as in the JSON. */
export interface ManifestFile {
  readonly key: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Values of the partition columns; null if the table has no partitions. */
  readonly partition: Readonly<Record<string, string>> | null;
}

export interface ManifestView {
  readonly run_id?: string;
  readonly epoch?: number;
  readonly status: string;
  readonly created_at: string;
  readonly counts: Readonly<OutcomeCounts>;
  readonly issues: Readonly<Record<string, number>>;
  readonly revenue: string;
  readonly rejected_files: readonly { readonly key: string; readonly reason: string }[];
  /** Missing in manifests of earlier versions. */
  readonly warnings?: readonly Warning[];
  readonly joins?: BatchManifest['joins'];
  readonly tables: Readonly<
    Partial<Record<TableName, { readonly files: readonly ManifestFile[] }>>
  >;
}

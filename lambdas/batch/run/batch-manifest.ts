import type { JoinCounts } from '../../shared/model/joins.ts';
import type { Warning } from '../../shared/model/warning.ts';
import type { TableFile } from '../../shared/parquet/table-file.ts';
import type { OutcomeCounts } from '../../shared/rules/outcome.ts';
import type { DimensionEntry } from '../../shared/state/dimension-entry.ts';
import type { InputsObject, ManifestInput } from '../../shared/state/manifest-inputs.ts';
import type { RejectedFile } from './batch-plan.ts';

export type { ManifestInput };

export type BatchStatus = 'published' | 'published_with_rejected_files';

/** `manifests/batch/<runId>.json`, names as in the JSON (contract §3.1). */
export interface BatchManifest {
  readonly kind: 'batch';
  readonly run_id: string;
  readonly status: BatchStatus;
  readonly created_at: string;
  readonly code_version: string;
  readonly config_hash: string;
  readonly counts: Readonly<OutcomeCounts>;
  /** Records by issue code, codes that did not occur left out. */
  readonly issues: Readonly<Record<string, number>>;
  readonly revenue: string;
  readonly rejected_files: readonly RejectedFile[];
  /** Sorted by their codes. */
  readonly warnings: readonly Warning[];
  /** Active rows without customer, and without product. */
  readonly joins: JoinCounts;
  readonly dimensions: { readonly customers: DimensionEntry; readonly products: DimensionEntry };
  /**
   * Present if they are few; many go to an object beside the manifest. `manifestInputs` reads both.
   */
  readonly inputs?: readonly ManifestInput[];
  readonly inputs_object?: InputsObject;
  readonly tables: Readonly<Record<string, { readonly files: readonly TableFile[] }>>;
}

import type { CsvLayout } from '../shared/ingest/csv-layout.ts';
import type { LandingObject } from '../shared/ingest/list-landing.ts';
import type { CurrentPointer } from '../shared/state/current-pointer.ts';

export interface PlannedInput extends LandingObject {
  /**
   * What the header says; null for gzip, whose header is read with its records, and
   * for a raw segment, which has none.
   */
  readonly layout: CsvLayout | null;
  /** Where the records begin. */
  readonly dataOffset: number;
  /** Of a raw segment, as the manifest of its epoch says; other inputs have an etag only. */
  readonly sha256?: string;
}

/** A byte range of one input: the records that start in it. */
export interface PlannedChunk {
  readonly chunkIndex: number;
  readonly inputIndex: number;
  readonly startByte: number;
  readonly endByte: number;
}

export interface RejectedFile {
  readonly key: string;
  readonly reason: string;
}

/**
 * Everything that decides what a run does (architecture §3), written once as
 * `work/<runId>/plan.json`. The same plan over the same bytes gives the same files under `tables/`,
 * byte for byte.
 */
export interface BatchPlan {
  readonly planFormat: 2;
  readonly runId: string;
  readonly createdAt: string;
  readonly codeVersion: string;
  readonly configHash: string;
  /** In order of records: by key. */
  readonly inputs: readonly PlannedInput[];
  readonly rejectedFiles: readonly RejectedFile[];
  /** What was passed over because of its name. */
  readonly ignored?: { readonly count: number; readonly example: string | null };
  readonly customers: readonly LandingObject[];
  readonly products: readonly LandingObject[];
  /** In order of records. */
  readonly chunks: readonly PlannedChunk[];
  /** Order ids are dealt into this many buckets by hash. */
  readonly bucketCount: number;
  /** Products are dealt into this many ranges by hash. */
  readonly rangeCount: number;
  /**
   * A reduce step takes as many bytes of the exchange at once: a larger bucket in several waves.
   */
  readonly waveBytes: number;
  /** `CURRENT.json` as it was, null if there was none: the run that finds another one fails. */
  readonly previous: CurrentPointer | null;
}

export const manifestKey = (runId: string) => `manifests/batch/${runId}.json`;

/** Plans are kept as long as their runs, so that a run can be repeated (`batch --plan`). */
export const planKey = (runId: string) => `state/batch/plans/${runId}.json`;

export const workPrefix = (runId: string) => `work/${runId}/`;

import type { CsvLayout } from '../../shared/ingest/csv-layout.ts';
import type { InputKind } from '../../shared/ingest/input-kind.ts';
import type { IgnoredObjects, LandingObject } from '../../shared/ingest/list-landing.ts';
import type { CurrentPointer } from '../../shared/state/current-pointer.ts';

export interface PlannedInput extends LandingObject {
  readonly kind: InputKind;
  /**
   * What the header of plain CSV says; null for anything else: NDJSON and segments have none, that
   * of what has to be decoded is read with its records.
   */
  readonly layout: CsvLayout | null;
  /** Byte at which the records begin, after any header. */
  readonly dataOffset: number;
  /** Estimated of what has to be unpacked; of other inputs it is `sizeBytes`. */
  readonly uncompressedBytes?: number;
  /** SHA-256 of a raw segment, from the manifest of its epoch; other inputs have an etag only. */
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

/** Everything that decides a run, apart from the inputs and how they are cut. */
export interface PlanHeader {
  readonly planFormat: 3;
  /** Of the steps of this run: `EXCHANGE_FORMAT`. Plans of earlier versions have none. */
  readonly exchangeFormat: string;
  readonly runId: string;
  readonly createdAt: string;
  readonly codeVersion: string;
  readonly configHash: string;
  readonly rejectedFiles: readonly RejectedFile[];
  /** What was passed over because of its name. */
  readonly ignored: IgnoredObjects;
  readonly customers: readonly LandingObject[];
  readonly products: readonly LandingObject[];
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

/**
 * Everything that decides what a run does (architecture §3). The same plan over the same bytes
 * gives the same files under `tables/`, byte for byte.
 */
export interface BatchPlan extends PlanHeader {
  /** In order of records, which is by key. */
  readonly inputs: readonly PlannedInput[];
  /** In order of records. */
  readonly chunks: readonly PlannedChunk[];
}

/** Key of a run's manifest, the only list of its files that readers trust. */
export const manifestKey = (runId: string) => `manifests/batch/${runId}.json`;

/** The run whose manifest has that key. */
export function runIdOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1).replace('.json', '');
}

/** Key of a run's plan, kept as long as the run, so that it can be repeated (`batch --plan`). */
export const planKey = (runId: string) => `state/batch/plans/${runId}.json`;

/** Key of the folder for the parts of a large plan. */
export const planFolder = (runId: string) => `state/batch/plans/${runId}/`;

/** Key of the folder for what is too long for the manifest. */
export const manifestFolder = (runId: string) => `manifests/batch/${runId}/`;

/** Prefix of a run's temporary objects, removed once the run has ended. */
export const workPrefix = (runId: string) => `work/${runId}/`;

import type { ParquetOptions } from '../../shared/parquet/writer.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { OutcomeCounts } from '../../shared/rules/outcome.ts';
import type { Attempt } from '../work/work-folder.ts';
import type { Period, PeriodOption } from './period.ts';
import type { ClassTotals, Difference } from './tally.ts';

export interface ReconcileOptions {
  /** Whose epochs are compared. */
  readonly consumer: string;
  /** Order ids that never reached a side do not prevent agreement. */
  readonly allowMissing: boolean;
  /** Orders outside it are left out on both sides; it is cut to windows. */
  readonly period: PeriodOption;
  /**
   * Resident memory, about, above which records are spilled to the lake. One row group of a table
   * and the rest of the process take what they need in any case.
   */
  readonly memoryLimitBytes: number;
  /** Length of a window where no row of the tables tells it. */
  readonly windowLengthMs: number;
  readonly parquet: ParquetOptions;
  /** Differences of each class that the result holds; the report has all. */
  readonly shownPerClass: number;
  readonly attempt: Attempt;
  /** Aborted: nothing is left, and its reason is thrown. */
  readonly signal?: AbortSignal;
  /**
   * Where a reader without write permission to the lake spills. Without it the comparison fails
   * when it has to spill.
   */
  readonly otherWork?: () => ObjectStore;
  /** For readers: if the report cannot be written there is none, and `reportProblem` says why. */
  readonly mayLackReport?: boolean;
  /** Told what could not be removed; without it that is an error. */
  readonly onWarning?: (message: string) => void;
}

export interface ReconcileProgress {
  readonly stage: 'compare' | 'report';
  readonly done: number;
  readonly total: number;
  readonly unit: 'records' | 'rows';
}

export interface ReconcileResult {
  readonly agree: boolean;
  readonly runId: string;
  readonly epoch: number;
  readonly batchManifestKey: string;
  readonly streamManifestKey: string;
  /** What was compared, as it was cut. */
  readonly period: Period;
  /** For a period only active and cancelled records are counted. */
  readonly batchCounts: Readonly<Partial<OutcomeCounts>>;
  readonly streamCounts: Readonly<Partial<OutcomeCounts>>;
  readonly batchRevenueCents: bigint;
  readonly streamRevenueCents: bigint;
  /** Null: no window is final yet. */
  readonly watermarkMs: number | null;
  readonly classes: ClassTotals;
  /**
   * Start of the first window that both sides have, if orders are missing in the stream and batch
   * holds older ones; else null.
   */
  readonly streamBegan: StreamBegan | null;
  /** Batch revenue − stream revenue as far as any class but `unexplained` says. */
  readonly explainedCents: bigint;
  /** Order ids, cells and ranks of `top_products`. */
  readonly unexplained: number;
  readonly reportKey: string;
  readonly reportRows: number;
  /** Why there is no report; null: it is there. */
  readonly reportProblem: string | null;
  /** The first ones of each class, in the order of the report. */
  readonly shown: readonly Difference[];
}

export interface StreamBegan {
  /** Event time of the oldest counted order of each side. */
  readonly batchOldestMs: number;
  readonly streamOldestMs: number;
  readonly firstWindowMs: number;
}

export type OnReconcileProgress = (progress: ReconcileProgress) => void;

import type { BenchRow } from '../harness/bench-row.ts';
import type { UsageSummary } from '../harness/statistics.ts';

export interface CaseContext {
  /** Numbers of orders, ascending. */
  readonly sizes: readonly number[];
  readonly isQuick: boolean;
  /** A landing folder with so many generated orders. */
  readonly landing: (orders: number) => Promise<string>;
  /** Tells people what happens; never part of the result. */
  readonly note: (text: string) => void;
}

export interface BenchCase {
  readonly name: string;
  readonly run: (context: CaseContext) => Promise<readonly BenchRow[]>;
}

export interface SizedUsage {
  readonly orders: number;
  readonly usage: UsageSummary;
}

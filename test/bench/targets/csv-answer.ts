/**
 * What every CSV contender prints: sums that cannot be right unless all values were read with their
 * types.
 */
export interface CsvAnswer {
  readonly rows: number;
  /**
   * Rows with an order id, a positive quantity and no negative price; the sums below are over them.
   */
  readonly valid: number;
  readonly pieces: number;
  /** Quantity × price. */
  readonly cents: number;
  /** Event times as seconds since 2026-01-01. */
  readonly seconds: number;
  readonly completed: number;
  readonly orderIdBytes: number;
  readonly customerIdBytes: number;
  readonly productIdBytes: number;
}

/** 2026-01-01, where generated event times begin: sums of times stay exact. */
export const FIRST_TIME_MS = Date.UTC(2026, 0, 1);

export const COMPLETED_SPELLINGS: readonly string[] = ['complete', 'completed', 'done'];

export function printAnswer(answer: CsvAnswer): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

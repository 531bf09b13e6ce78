import { GB, PRICES } from './prices.ts';

/**
 * What a call of a function writes into its log: START and REPORT of the platform as JSON, the line
 * `done` with its context, and metrics (EMF); 26 bytes come on top of each line.
 */
export const CALL_LOG_BYTES = 2_000;

/** What an execution of one task writes: seven events, without their data. */
export const EXECUTION_LOG_BYTES = 3_500;

/** US dollars, ingestion and a quarter of storing: groups keep lines for three months. */
export function costOfLogs(bytes: number): number {
  return (bytes / GB) * (PRICES.logsGbIn + LOG_MONTHS * PRICES.logsGbMonth);
}

const LOG_MONTHS = 3;

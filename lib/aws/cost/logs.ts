import type { Config } from '../../../lambdas/shared/model/config.ts';
import { GB, PRICES } from './prices.ts';

/**
 * What a call of a function writes into its log: START and REPORT of the platform as JSON, the line
 * `done` with its context, and metrics (EMF); 26 bytes come on top of each line.
 */
export const CALL_LOG_BYTES = 2_000;

/** What an execution of one task writes: seven events, without their data. */
export const EXECUTION_LOG_BYTES = 3_500;

export const DAYS_PER_MONTH = 30.4;

/** US dollars to write these bytes of logs and keep them for `aws.logRetention`. */
export function costOfLogs(bytes: number, { aws }: Config): number {
  const months = aws.logRetentionDays / DAYS_PER_MONTH;
  return (bytes / GB) * (PRICES.logsGbIn + months * PRICES.logsGbMonth);
}

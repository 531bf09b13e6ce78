/**
 * What CloudWatch is paid for by the month. `test/infra/watched.test.ts` counts the same in the
 * stacks and in the source.
 */
export const WATCHED = {
  /** An alarm over an expression is paid for by the metrics in it. */
  alarmMetrics: 43,
  /** Names of the functions' own metrics; that of a warning only in months that have it. */
  customMetrics: 17,
  dashboards: 1,
} as const;

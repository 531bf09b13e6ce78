import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics as Emf, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { withCode } from '../model/errors.ts';
import type { WarningCode } from '../model/warning.ts';
import type { MetricName, Metrics } from '../ports/metrics.ts';
import { masked, maskedError } from './masked-text.ts';

export const logger = new Logger();
const emf = new Emf();

/** An answer that is longer is not logged: lists of indexes say little. */
const MAX_LOGGED_ANSWER = 2_000;

/** Metrics for dashboard and alarms, in addition to the protocol's. */
export type GaugeName =
  /** Seconds since the oldest upload that no launched run covers. */
  | 'UploadWait'
  | 'RunsPublished'
  | 'RunsFailed'
  | 'RecordsRead'
  /** Percent of the nearest limit that a plan uses. */
  | 'PlanLimitUsed'
  | 'RecordsQuarantined'
  /** Runs of the publisher that ended with everything published. */
  | 'Publications'
  | 'EpochsPublished'
  /** Seconds from the stream's watermark to the newest event. */
  | 'WatermarkLag'
  /** Seconds since the arrival of the oldest record that no log entry covers. */
  | 'UnreadAge'
  /** Lower bound of the records after the checkpoints. */
  | 'UnreadRecordsAtLeast'
  /** Answers of the consumer that name failed items: their batch comes again. */
  | 'ConsumerFailedBatches'
  | 'DeadlinesReached'
  | 'RecordsRedriven'
  /** Messages in the failures bucket. */
  | 'GivenUpBatches'
  | 'UnexplainedDifferences'
  | WarningMetric;

/** Counts of a warning code (contract §2.3), per publication that has the warning. */
export type WarningMetric = `Warning_${WarningCode}`;

/** Units of gauges that are not counts. */
const UNITS: Partial<Record<GaugeName, (typeof MetricUnit)[keyof typeof MetricUnit]>> = {
  WatermarkLag: MetricUnit.Seconds,
  UploadWait: MetricUnit.Seconds,
  UnreadAge: MetricUnit.Seconds,
  PlanLimitUsed: MetricUnit.Percent,
};

/** Metrics in the log (CloudWatch embedded metric format): no call, no waiting. */
export const metrics: Metrics & { gauge(name: GaugeName, value: number): void } = {
  count(name: MetricName, where: Readonly<Record<string, string>>): void {
    emf.addMetric(name, MetricUnit.Count, 1);
    logger.warn(name, { where });
  },
  gauge(name, value) {
    emf.addMetric(name, UNITS[name] ?? MetricUnit.Count, value);
  },
};

/**
 * A Lambda handler that makes its step on the first event, so that a set-up error fails that
 * invocation, and logs how each invocation ends. A set-up that failed is tried again by the next
 * invocation.
 */
export function lambdaHandler<Event, Answer>(
  make: () => (event: Event, context: Context) => Promise<Answer>,
): (event: Event, context: Context) => Promise<Answer> {
  let step: ReturnType<typeof make> | null = null;
  return async (event, context) => {
    logger.addContext(context);
    try {
      step ??= make();
      const answer = await step(event, context);
      const text = JSON.stringify(answer) ?? '';
      logger.info('done', text.length > MAX_LOGGED_ANSWER ? {} : { answer: masked(text) });
      return answer;
    } catch (error) {
      const failure = maskedError(
        withCode(error instanceof Error ? error : new Error(String(error))),
      );
      logger.error('failed', failure);
      throw failure;
    } finally {
      if (emf.hasStoredMetrics()) emf.publishStoredMetrics();
    }
  };
}

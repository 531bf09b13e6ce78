import { Duration } from 'aws-cdk-lib';
import {
  type ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  type TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { MetricName } from '../../../../lambdas/shared/ports/metrics.ts';
import type { GaugeName } from '../../../../lambdas/shared/runtime/lambda-handler.ts';
import type { Deployment } from '../../deployment.ts';
import type { BatchPipeline } from '../batch-pipeline.ts';
import type { ComparisonPipeline } from '../comparison-pipeline.ts';
import type { TandemResources } from '../resources.ts';
import type { StreamPipeline } from '../stream-pipeline.ts';
import { METRICS_NAMESPACE, type TandemFunction } from '../tandem-function.ts';

/** One alarm: its metric, its limit, and what to do when it fires. */
export interface AlarmSpec {
  readonly id: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** @default greater than the threshold */
  readonly comparison?: ComparisonOperator;
  /** Periods in a row. @default 1 */
  readonly periods?: number;
  /** @default no data is no trouble */
  readonly missing?: TreatMissingData;
  /** What it means, and what to do. Details: docs/operations.md, under the alarm's name. */
  readonly text: string;
}

/** The resources that alarms watch, in any stack. */
export interface Watched {
  readonly deployment: Deployment;
  readonly storage: TandemResources;
  readonly pipelines: {
    readonly batch: BatchPipeline;
    readonly stream: StreamPipeline;
    readonly reconciliation: ComparisonPipeline;
  };
  /** Null where Athena has no tables. */
  readonly catalogue: { readonly registration: TandemFunction; readonly lostCalls: IQueue } | null;
}

/** Periods of metrics. */
export const FIVE_MINUTES = Duration.minutes(5);
export const QUARTER_HOUR = Duration.minutes(15);
export const HOUR = Duration.hours(1);

/**
 * A metric expression in which each `{name}` is the metric of that name, or 0 in a period without
 * data: otherwise one missing metric, as most are most of the time, leaves the result empty.
 */
export function filled(
  expression: string,
  usingMetrics: Readonly<Record<string, IMetric>>,
  period = FIVE_MINUTES,
): MathExpression {
  const withFill = expression.replace(/\{(\w+)\}/g, 'FILL($1, 0)');
  return new MathExpression({ expression: withFill, usingMetrics: { ...usingMetrics }, period });
}

/** A metric that the project's own functions emit. */
export function ownMetric(
  { config }: Deployment,
  metricName: GaugeName | MetricName,
  statistic: 'Sum' | 'Maximum' = 'Sum',
  period = FIVE_MINUTES,
): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName,
    dimensionsMap: { service: config.aws.stackPrefix },
    statistic,
    period,
  });
}

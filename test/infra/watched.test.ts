import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { WATCHED } from '../../lib/aws/cost/watched.ts';
import { templatesOf } from '../support/aws-stacks.ts';

const { operations } = templatesOf();

interface AlarmMetric {
  readonly MetricStat?: object;
}

/** Names that functions give to metrics; those of warnings are made from their code. */
function metricNames(): Set<string> {
  const names = new Set<string>();
  for (const file of globSync('lambdas/**/*.ts')) {
    const calls = readFileSync(file, 'utf8').matchAll(/metrics\.(?:gauge|count)\(\s*'(\w+)'/g);
    for (const [, name] of calls) names.add(name);
  }
  return names;
}

describe('what CloudWatch is paid for', () => {
  it('is the metrics of all alarms, as the estimate counts them', () => {
    const alarms = Object.values(operations?.findResources('AWS::CloudWatch::Alarm') ?? {});
    const metrics = alarms.map(({ Properties: { Metrics } }) => {
      if (Metrics === undefined) return 1;
      return (Metrics as AlarmMetric[]).filter(({ MetricStat }) => MetricStat !== undefined).length;
    });
    expect(metrics.reduce((sum, count) => sum + count, 0)).toBe(WATCHED.alarmMetrics);
  });

  it('is the metrics that functions give', () => {
    expect(metricNames().size).toBe(WATCHED.customMetrics);
  });

  it('is one dashboard', () => {
    operations?.resourceCountIs('AWS::CloudWatch::Dashboard', WATCHED.dashboards);
  });
});

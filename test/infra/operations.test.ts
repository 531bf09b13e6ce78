import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { tablesOf } from '../../lambdas/shared/model/tables.ts';
import { readText } from '../docs/markdown.ts';
import { actionsOf, resourceTexts, statementsByRole, templatesOf } from '../support/aws-stacks.ts';

const { operations, catalogue } = templatesOf();

describe('alarms', () => {
  const alarms = Object.values(operations?.findResources('AWS::CloudWatch::Alarm') ?? {});

  it('are about what can go wrong', () => {
    expect(alarms.map(({ Properties }) => Properties.AlarmName)).toEqual([
      'Tandem-RunFailed',
      'Tandem-QuarantineRate',
      'Tandem-NotificationsLost',
      'Tandem-UnexplainedDifferences',
      'Tandem-ComparisonFailed',
      'Tandem-UploadsWait',
      'Tandem-StarterErrors',
      'Tandem-FilesIgnored',
      'Tandem-FilesRejected',
      'Tandem-FilesVanished',
      'Tandem-StrayQuotes',
      'Tandem-DuplicatesDiffer',
      'Tandem-LastLinesCut',
      'Tandem-JoinMisses',
      'Tandem-DimensionIssues',
      'Tandem-FutureEvents',
      'Tandem-IteratorAge',
      'Tandem-WatermarkLag',
      'Tandem-NothingCommitted',
      'Tandem-ConsumerErrors',
      'Tandem-DimensionsKept',
      'Tandem-PublisherErrors',
      'Tandem-UnreadRecords',
      'Tandem-RecordsExpire',
      'Tandem-StreamGap',
      'Tandem-StateLogGap',
      'Tandem-GivenUpBatches',
      'Tandem-CallsLost',
      'Tandem-StreamThrottled',
      'Tandem-StateThrottled',
      'Tandem-FunctionsThrottled',
      'Tandem-CatalogueBehind',
      'Tandem-NearLimit',
    ]);
  });

  it('say what to do, and tell somebody when they begin and end', () => {
    for (const { Properties } of alarms) {
      const name = Properties.AlarmName.replace('Tandem-', '');
      expect(Properties.AlarmDescription).toContain(`(docs/operations.md, ${name})`);
      expect(Properties.AlarmActions).toHaveLength(1);
      expect(Properties.OKActions).toEqual(Properties.AlarmActions);
    }
  });

  it('have a chapter each in the runbook', () => {
    const chapters = readText('docs/operations.md').match(/(?<=^### )\w+$/gm) ?? [];
    const names = alarms.map(({ Properties }) => Properties.AlarmName.replace('Tandem-', ''));
    expect(chapters.toSorted()).toEqual(names.toSorted());
  });

  it('of warnings come with the first of their kind', () => {
    operations?.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'Tandem-DuplicatesDiffer',
      MetricName: 'Warning_duplicates_differ',
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    });
  });

  it('of limits comes at 80 % of the one that is nearest', () => {
    operations?.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'Tandem-NearLimit',
      MetricName: 'PlanLimitUsed',
      Statistic: 'Maximum',
      Threshold: 80,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    });
  });

  it('of the iterator age comes at a tenth of the retention', () => {
    operations?.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'Tandem-IteratorAge',
      Threshold: 7.2 * 3_600_000,
      TreatMissingData: 'notBreaching',
    });
  });

  it('take a metric without data for 0 in every expression', () => {
    const expressions = alarms
      .flatMap(({ Properties }) => (Properties.Metrics ?? []) as Record<string, unknown>[])
      .filter((metric) => metric.Expression !== undefined);
    expect(expressions.length).toBeGreaterThanOrEqual(5);
    for (const { Expression: expression } of expressions) {
      const rest = String(expression).replace(/FILL\(\w+, 0\)/g, '');
      // What is left are operators, numbers and functions.
      expect(rest.match(/[a-z]\w*/g)).toBeNull();
    }
  });

  it('of waiting uploads comes at twice the longest wait, and when the starter says nothing', () => {
    const found = (config: unknown) => (threshold: number) =>
      templatesOf({ config }).operations?.hasResourceProperties('AWS::CloudWatch::Alarm', {
        AlarmName: 'Tandem-UploadsWait',
        MetricName: 'UploadWait',
        Statistic: 'Maximum',
        Period: 900,
        Threshold: threshold,
        TreatMissingData: 'breaching',
      });
    found({})(1_800);
    found({ batch: { maxWait: '5m', minInterval: '0s' } })(600);
    found({ batch: { maxWait: '5m', minInterval: '1h' } })(7_200);
  });

  it('of unread records comes after an hour, and again before they are lost', () => {
    const age = { MetricName: 'UnreadAge', Statistic: 'Maximum', Period: 900 };
    operations?.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...age,
      AlarmName: 'Tandem-UnreadRecords',
      Threshold: 3_600,
      TreatMissingData: 'breaching',
    });
    operations?.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...age,
      AlarmName: 'Tandem-RecordsExpire',
      Threshold: 36 * 3_600,
    });
  });

  it('of the consumer counts batches that it gave back like those in which it threw', () => {
    const [alarm] = alarms.filter(
      ({ Properties }) => Properties.AlarmName === 'Tandem-ConsumerErrors',
    );
    const names = alarm.Properties.Metrics.flatMap(
      (metric: { MetricStat?: { Metric: { MetricName: string } } }) =>
        metric.MetricStat?.Metric.MetricName ?? [],
    );
    expect(names).toEqual(['Errors', 'ConsumerFailedBatches']);
  });

  it('of the publisher comes, too, when the publisher does not run at all', () => {
    operations?.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'Tandem-NothingCommitted',
      Period: 900,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });

  it('go to an address where one is configured', () => {
    const config = { aws: { alarmEmail: 'somebody@example.org' } };
    templatesOf({ config }).operations?.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'somebody@example.org',
    });
  });
});

describe('the catalogue', () => {
  it('lets its function change the tables of both doors in its database, and nothing else', () => {
    const statements = [...statementsByRole(catalogue as Template).values()].flat();
    const glue = statements.filter((found) => actionsOf(found).some((name) => /^glue:/.test(name)));
    expect(glue.flatMap(actionsOf)).toEqual([
      'glue:GetTable',
      'glue:CreateTable',
      'glue:UpdateTable',
      'glue:BatchCreatePartition',
    ]);
    const tables = glue.flatMap(resourceTexts).flatMap((text) => /:table\/[\w/]+/.exec(text) ?? []);
    expect(tables).toEqual([
      ...tablesOf('batch').map(({ name }) => `:table/tandem/batch_${name}`),
      ...tablesOf('stream').map(({ name }) => `:table/tandem/stream_${name}`),
    ]);
    expect(statements.flatMap(actionsOf)).not.toContain('s3:PutObject');
  });

  it('hears of each publication, and makes up for what it did not hear', () => {
    catalogue?.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'detail-type': ['Object Created'],
        detail: {
          object: { key: ['manifests/batch/CURRENT.json', 'manifests/stream/CURRENT.json'] },
        },
      },
    });
    catalogue?.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 hour)' });
  });

  it('stops queries that read too much, and encrypts their results', () => {
    catalogue?.hasResourceProperties('AWS::Athena::WorkGroup', {
      WorkGroupConfiguration: {
        EnforceWorkGroupConfiguration: true,
        BytesScannedCutoffPerQuery: 107_374_182_400,
        ResultConfiguration: { EncryptionConfiguration: { EncryptionOption: 'SSE_S3' } },
      },
    });
  });
});

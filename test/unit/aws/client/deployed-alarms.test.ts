import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { DeadLetters } from '../../../../lib/aws/client/dead-letters.ts';
import { DeployedAlarms } from '../../../../lib/aws/client/deployed-alarms.ts';
import { json, jsonError, type Script, StubbedAws } from '../../../support/stubbed-aws.ts';

const SINCE = '2026-02-01T03:00:00.000Z';

function alarms(...script: Script) {
  const aws = new StubbedAws(script);
  return { aws, deployed: new DeployedAlarms('Tandem', new CloudWatchClient(aws.config)) };
}

const alarm = (name: string, state: string, more: object = {}) => ({
  AlarmName: `Tandem-${name}`,
  StateValue: state,
  AlarmDescription: `${name} it is. Do something.`,
  ...more,
});

describe('DeployedAlarms', () => {
  it('gives those that are on, the longest first, of all pages', async () => {
    const later = { StateTransitionedTimestamp: Date.parse(SINCE) / 1_000 + 60 };
    const first = { StateTransitionedTimestamp: Date.parse(SINCE) / 1_000 };
    const { aws, deployed } = alarms(
      json({
        MetricAlarms: [alarm('A', 'ALARM', later), alarm('B', 'OK')],
        NextToken: 'more',
      }),
      json({ MetricAlarms: [alarm('C', 'ALARM', first), alarm('D', 'INSUFFICIENT_DATA')] }),
    );

    expect(await deployed.find()).toEqual({
      deployed: 4,
      on: [
        { name: 'Tandem-C', sinceMs: Date.parse(SINCE), text: 'C it is. Do something.' },
        { name: 'Tandem-A', sinceMs: Date.parse(SINCE) + 60_000, text: 'A it is. Do something.' },
      ],
    });
    expect(JSON.parse(aws.requests[0].body)).toMatchObject({ AlarmNamePrefix: 'Tandem-' });
    expect(JSON.parse(aws.requests[1].body)).toMatchObject({ NextToken: 'more' });
  });

  it('fails with the permission that is missing', async () => {
    const { deployed } = alarms(jsonError('AccessDenied', {}, 403));
    await expect(deployed.find()).rejects.toThrow('allow cloudwatch:DescribeAlarms on alarms');
  });
});

describe('DeadLetters', () => {
  it('counts what waits in the queue', async () => {
    const aws = new StubbedAws([json({ Attributes: { ApproximateNumberOfMessages: '3' } })]);
    const client = new SQSClient({ ...aws.config, useQueueUrlAsEndpoint: false });
    const letters = new DeadLetters('https://sqs.here/letters', client);
    expect(await letters.count()).toBe(3);
  });
});

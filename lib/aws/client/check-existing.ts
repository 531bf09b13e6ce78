import { DescribeStreamSummaryCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import {
  GetBucketLifecycleConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketVersioningCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { isNamed, saidBy } from '../../../lambdas/shared/adapters/aws/aws-errors.ts';
import { makeKinesisClient, makeS3Client } from '../../../lambdas/shared/adapters/aws/clients.ts';
import type { Config } from '../../../lambdas/shared/model/config.ts';
import { MS_PER_HOUR } from '../../../lambdas/shared/model/time.ts';
import { type Outputs, regionOptions } from './find-deployment.ts';

export interface CheckClients {
  readonly s3: S3Client;
  readonly kinesis: KinesisClient;
}

function makeCheckClients(): CheckClients {
  const region = regionOptions();
  return { s3: makeS3Client(region), kinesis: makeKinesisClient(region) };
}

/**
 * Lists what is not switched on in the resources that the config brings, with its meaning and what
 * to do. Changes nothing, because the resources belong to someone else (docs/deploying.md).
 */
export async function checkExisting(
  { existing, retentionMs }: Config['aws'],
  outputs: Pick<Outputs, 'LandingBucket' | 'LakeBucket' | 'StreamName'>,
  { s3, kinesis }: CheckClients = makeCheckClients(),
): Promise<string[]> {
  const checks: (() => Promise<string | null>)[] = [];
  if (existing.landingBucket !== null) {
    const bucket = outputs.LandingBucket;
    const silent = 'no upload starts a run';
    checks.push(() => checkEvents(s3, bucket, silent));
    checks.push(() => checkVersions(s3, bucket, 'a replaced upload cannot be restored'));
  }
  if (existing.lakeBucket !== null) {
    const bucket = outputs.LakeBucket;
    const late = 'the tables of Athena are updated only once an hour';
    checks.push(() => checkEvents(s3, bucket, late));
    checks.push(() => checkVersions(s3, bucket, 'a lost object cannot be restored'));
    checks.push(() => checkRules(s3, bucket));
  }
  if (existing.stream !== null) {
    checks.push(() => checkRetention(kinesis, outputs.StreamName, retentionMs));
  }
  const findings: string[] = [];
  for (const check of checks) {
    const found = await check().catch((error: unknown) => {
      if (!(error instanceof Error)) throw error;
      return `not checked: ${saidBy(error)}; docs/deploying.md lists the permissions`;
    });
    if (found !== null) findings.push(found);
  }
  return findings;
}

async function checkEvents(s3: S3Client, bucket: string, effect: string): Promise<string | null> {
  const command = new GetBucketNotificationConfigurationCommand({ Bucket: bucket });
  const { EventBridgeConfiguration: events } = await s3.send(command);
  if (events !== undefined) return null;
  const advice = 'enable Amazon EventBridge in its properties';
  return `bucket ${bucket} sends no events to EventBridge, so ${effect}; ${advice}`;
}

async function checkVersions(s3: S3Client, bucket: string, effect: string): Promise<string | null> {
  const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket: bucket }));
  return Status === 'Enabled' ? null : `bucket ${bucket} keeps no versions, so ${effect}`;
}

/** Checks a lake for rules on objects below `work/` and, if it is versioned, on old versions. */
async function checkRules(s3: S3Client, bucket: string): Promise<string | null> {
  const command = new GetBucketLifecycleConfigurationCommand({ Bucket: bucket });
  const { Rules = [] } = await s3.send(command).catch((error: unknown) => {
    if (isNamed(error, 'NoSuchLifecycleConfiguration')) return { Rules: [] };
    throw error;
  });
  const enabled = Rules.filter(({ Status }) => Status === 'Enabled');
  const has = {
    'expiration of work/': enabled.some(
      ({ Filter, Prefix, Expiration }) =>
        Expiration?.Days !== undefined && 'work/'.startsWith(Filter?.Prefix ?? Prefix ?? 'no'),
    ),
    'expiration of old versions': enabled.some(
      ({ NoncurrentVersionExpiration: age }) => age !== undefined,
    ),
    'deletion of incomplete uploads': enabled.some(
      ({ AbortIncompleteMultipartUpload: abort }) => abort !== undefined,
    ),
  };
  const missing = Object.entries(has).flatMap(([name, isThere]) => (isThere ? [] : [name]));
  if (missing.length === 0) return null;
  const list = missing.join(', ');
  return `bucket ${bucket} has no lifecycle rule for ${list}, so you pay for unneeded objects`;
}

async function checkRetention(
  kinesis: KinesisClient,
  stream: string,
  retentionMs: number,
): Promise<string | null> {
  const command = new DescribeStreamSummaryCommand({ StreamName: stream });
  const { StreamDescriptionSummary: summary } = await kinesis.send(command);
  const hours = summary?.RetentionPeriodHours ?? 24;
  if (hours * MS_PER_HOUR === retentionMs) return null;
  const wanted = `${retentionMs / MS_PER_HOUR}h`;
  const advice = 'alarms use the latter: make both the same';
  return `stream ${stream} keeps records for ${hours}h, but aws.retention is ${wanted}; ${advice}`;
}

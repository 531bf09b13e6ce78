import { Stack } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { AnyBucket, AnyTable } from './resources.ts';

/** What a function may do with objects, by folders: `work/*`. */
export interface ObjectRights {
  readonly read?: readonly string[];
  /** Includes giving up an upload, and looking whose object stands where an answer was lost. */
  readonly write?: readonly string[];
  readonly remove?: readonly string[];
}

/** Single actions on single folders. Listing is allowed: without it a missing object is a 403. */
export function allowObjects(grantee: IGrantable, bucket: AnyBucket, rights: ObjectRights): void {
  const { read = [], write = [], remove = [] } = rights;
  allow(grantee, ['s3:ListBucket'], [bucket.bucketArn]);
  const objects = (keys: readonly string[]) => keys.map((key) => bucket.arnForObjects(key));
  allow(grantee, ['s3:GetObject'], objects(read));
  allow(grantee, ['s3:PutObject', 's3:AbortMultipartUpload', 's3:GetObject'], objects(write));
  allow(grantee, ['s3:DeleteObject'], objects(remove));
  const { encryptionKey } = bucket;
  if (encryptionKey === undefined) return;
  if (write.length > 0) allowKey(grantee, encryptionKey, 's3', ['Decrypt', 'GenerateDataKey']);
  else if (read.length > 0) allowKey(grantee, encryptionKey, 's3', ['Decrypt']);
}

/**
 * Items whose partition key matches: functions of one door do not see those of the other. None of
 * `except`, where that is given.
 */
export function allowItems(
  grantee: IGrantable,
  table: AnyTable,
  partitionKeys: string[],
  except: string[] = [],
): void {
  const actions = ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'];
  const like = (keys: string[]) => ({ 'dynamodb:LeadingKeys': keys });
  grantee.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({
      actions: actions.map((action) => `dynamodb:${action}`),
      resources: [table.tableArn],
      conditions: {
        'ForAllValues:StringLike': like(partitionKeys),
        ...(except.length === 0 ? {} : { 'ForAllValues:StringNotLike': like(except) }),
      },
    }),
  );
  const { encryptionKey } = table;
  if (encryptionKey === undefined) return;
  // DynamoDB asks for the key in the name of whoever asks for items.
  allowKey(grantee, encryptionKey, 'dynamodb', [
    'Decrypt',
    'Encrypt',
    'GenerateDataKey',
    'DescribeKey',
  ]);
}

/** Reading, and asking for shards and age. */
export function allowReading(grantee: IGrantable, stream: IStream): void {
  const actions = [
    'DescribeStream',
    'DescribeStreamSummary',
    'ListShards',
    'GetShardIterator',
    'GetRecords',
  ];
  allow(
    grantee,
    actions.map((action) => `kinesis:${action}`),
    [stream.streamArn],
  );
  const { encryptionKey } = stream;
  if (encryptionKey !== undefined) allowKey(grantee, encryptionKey, 'kinesis', ['Decrypt']);
}

/** The use of a key by one service of AWS, and by nothing else. */
export function allowKey(
  grantee: IGrantable,
  key: IKey,
  service: 's3' | 'dynamodb' | 'kinesis' | 'sqs',
  actions: readonly string[],
): void {
  const { region } = Stack.of(key);
  grantee.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({
      actions: actions.map((action) => `kms:${action}`),
      resources: [key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `${service}.${region}.amazonaws.com` } },
    }),
  );
}

/** Actions on resources that are named. */
export function allow(grantee: IGrantable, actions: string[], resources: string[]): void {
  if (resources.length === 0) return;
  grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));
}

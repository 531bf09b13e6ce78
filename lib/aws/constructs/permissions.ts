import { Stack } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { AnyBucket, AnyTable } from './resources.ts';

/** What a function may do with objects, by folders: `work/*`. */
export interface ObjectRights {
  readonly read?: readonly string[];
  /** Includes aborting an upload, and reading back an object after a lost answer. */
  readonly write?: readonly string[];
  readonly remove?: readonly string[];
}

/**
 * Allows single actions on single folders. Always allows listing: without it a missing object is a
 * 403.
 */
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
 * Allows items whose partition key matches, except those of `except`, so that functions of one door
 * cannot see the other's.
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
  // DynamoDB uses the key in the name of the caller.
  allowKey(grantee, encryptionKey, 'dynamodb', [
    'Decrypt',
    'Encrypt',
    'GenerateDataKey',
    'DescribeKey',
  ]);
}

/** Allows reading a stream, and asking for its shards and their age. */
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

/** Allows the use of a key through one AWS service only. */
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

/** Allows actions on named resources. */
export function allow(grantee: IGrantable, actions: string[], resources: string[]): void {
  if (resources.length === 0) return;
  grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));
}

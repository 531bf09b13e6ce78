import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type CfnQueue, Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** A queue that keeps messages for 14 days, encrypted by `key`, or by an AWS key if it is null. */
export function encryptedQueue(
  scope: Construct,
  id: string,
  key: IKey | null,
  props: Pick<QueueProps, 'visibilityTimeout' | 'deadLetterQueue'> = {},
): Queue {
  const queue = new Queue(scope, id, {
    ...props,
    encryption: key === null ? QueueEncryption.SQS_MANAGED : QueueEncryption.KMS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  // Set on the L1 property: the L2 one grants more rights to the key than needed.
  if (key !== null) (queue.node.defaultChild as CfnQueue).kmsMasterKeyId = key.keyArn;
  return queue;
}

import { Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { encryptedQueue } from './encrypted-queue.ts';
import { allowKey } from './permissions.ts';
import type { TandemFunction } from './tandem-function.ts';

/**
 * A queue for lost calls: of rules that could not reach their target, and of functions that failed
 * on every attempt (docs/operations.md, CallsLost).
 */
export function lostCallsQueue(scope: Construct, key: IKey | null): Queue {
  const queue = encryptedQueue(scope, 'LostCalls', key);
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: 'It is itself a dead-letter queue; an alarm reports each message.',
  });
  return queue;
}

/**
 * Keeps a function's failed calls in a queue, because the rules that call it do not wait for an
 * answer.
 */
export function keepFailedCalls(
  { function: called, role }: TandemFunction,
  lostCalls: Queue,
  key: IKey | null,
): void {
  called.configureAsyncInvoke({ onFailure: new SqsDestination(lostCalls) });
  if (key !== null) allowKey(role, key, 'sqs', ['Decrypt', 'GenerateDataKey']);
}

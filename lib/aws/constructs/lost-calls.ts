import { Duration, Validations } from 'aws-cdk-lib';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { TandemFunction } from './tandem-function.ts';

/**
 * A queue for calls that nobody took: of rules that could not reach their target, and of functions
 * that failed each time they were tried (docs/operations.md, CallsLost).
 */
export function lostCallsQueue(scope: Construct): Queue {
  const queue = new Queue(scope, 'LostCalls', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: 'It is where calls end that nobody took; an alarm tells of each.',
  });
  return queue;
}

/** For a function that rules call: they wait for no answer, so its failures are kept here. */
export function keepFailedCalls({ function: called }: TandemFunction, lostCalls: Queue): void {
  called.configureAsyncInvoke({ onFailure: new SqsDestination(lostCalls) });
}

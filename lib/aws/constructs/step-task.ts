import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { JitterType, type RetryProps, TaskInput } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';

/** Errors that a retry may resolve: the project's own and Lambda's. */
const RETRYABLE = [
  'RetryableError',
  'OutcomeUnknownError',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
];

/** The first that names the error counts. Jitter keeps steps that failed together apart. */
const RETRIES: readonly RetryProps[] = [
  { errors: ['TerminalError'], maxAttempts: 0 },
  {
    // No function is free. That is no failure: others end, and waiting costs next to nothing. With
    // 30 s each in the mean, about an hour.
    errors: ['Lambda.TooManyRequestsException'],
    interval: Duration.seconds(2),
    backoffRate: 2,
    maxDelay: Duration.seconds(60),
    maxAttempts: 120,
    jitterStrategy: JitterType.FULL,
  },
  {
    errors: RETRYABLE,
    interval: Duration.seconds(2),
    backoffRate: 2,
    maxDelay: Duration.seconds(60),
    maxAttempts: 6,
    jitterStrategy: JitterType.FULL,
  },
  {
    // Time-outs, lack of memory, bugs: a retry may help, but often does not.
    errors: ['States.ALL'],
    interval: Duration.seconds(5),
    backoffRate: 2,
    maxAttempts: 2,
    jitterStrategy: JitterType.FULL,
  },
];

export interface StepTaskOptions {
  /** Where the answer goes; without it, the answer becomes the state. */
  readonly resultPath?: string;
  /** What the function is called with; without it, the state. */
  readonly payload?: Readonly<Record<string, unknown>>;
}

/** A task that calls a function and retries the errors that a retry may resolve. */
export function stepTask(
  scope: Construct,
  id: string,
  step: IFunction,
  { resultPath, payload }: StepTaskOptions = {},
): LambdaInvoke {
  const task = new LambdaInvoke(scope, id, {
    lambdaFunction: step,
    payloadResponseOnly: true,
    retryOnServiceExceptions: false,
    ...(payload === undefined ? {} : { payload: TaskInput.fromObject({ ...payload }) }),
    ...(resultPath === undefined ? {} : { resultPath }),
  });
  for (const retry of RETRIES) task.addRetry(retry);
  return task;
}

import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { templatesOf } from '../support/aws-stacks.ts';

const { pipelines } = templatesOf();

describe('functions', () => {
  it('run on Node 24 and arm64, and log as JSON into groups that forget', () => {
    pipelines.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      LoggingConfig: { LogFormat: 'JSON' },
      Environment: { Variables: Match.objectLike({ POWERTOOLS_SERVICE_NAME: 'Tandem' }) },
    });
    pipelines.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
  });

  it('of a batch run have the memory that the planner counts with, and all the time', () => {
    const { pipelines: large } = templatesOf({ config: { aws: { batchMemory: '4GiB' } } });
    large.resourcePropertiesCountIs('AWS::Lambda::Function', { MemorySize: 4096, Timeout: 900 }, 7);
  });
});

describe('the event source mapping', () => {
  it('is as the stream protocol demands it', () => {
    pipelines.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      StartingPosition: 'TRIM_HORIZON',
      ParallelizationFactor: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BatchSize: 1000,
      MaximumBatchingWindowInSeconds: 5,
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
      // Endless retries are what Lambda does where nothing is said.
      MaximumRetryAttempts: Match.absent(),
      MaximumRecordAgeInSeconds: Match.absent(),
      BisectBatchOnFunctionError: Match.absent(),
      FilterCriteria: Match.absent(),
      TumblingWindowInSeconds: Match.absent(),
    });
  });

  it('gives up, and halves before, only where somebody chose a limit', () => {
    const { pipelines: limited } = templatesOf({ config: { aws: { retryLimit: 5 } } });
    limited.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      MaximumRetryAttempts: 5,
      BisectBatchOnFunctionError: true,
    });
  });
});

describe('the starter', () => {
  it('is told of uploads below the three folders of landing', () => {
    pipelines.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created', 'Object Deleted'],
        detail: {
          object: {
            key: [{ prefix: 'orders/' }, { prefix: 'customers/' }, { prefix: 'products/' }],
          },
        },
      },
    });
  });

  it('is told of runs that were stopped from outside, and called every five minutes', () => {
    pipelines.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.states'],
        detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
    });
    pipelines.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(5 minutes)' });
  });

  it('has a queue that is encrypted, and one for what it cannot handle', () => {
    pipelines.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
    pipelines.hasResourceProperties('AWS::SQS::Queue', {
      RedrivePolicy: { maxReceiveCount: 20 },
    });
    pipelines.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      ScalingConfig: { MaximumConcurrency: 2 },
    });
  });
});

describe('the state machine', () => {
  it('is of the standard kind, traced, and logs everything', () => {
    pipelines.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineType: 'STANDARD',
      StateMachineName: 'Tandem-batch',
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: { Level: 'ALL' },
    });
  });
});

describe('the publisher', () => {
  it('runs on a schedule that every emulator knows', () => {
    pipelines.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 minute)' });
    expect(Object.keys(pipelines.findResources('AWS::Scheduler::Schedule'))).toEqual([]);
  });
});

describe('the comparison of both doors', () => {
  const targetOf = { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Reconcile'), 'Arn'] } };

  it('comes after each batch run that succeeded', () => {
    pipelines.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [{ Ref: Match.stringLikeRegexp('^BatchWorkflowStateMachine') }],
          status: ['SUCCEEDED'],
        },
      },
      Targets: [Match.objectLike(targetOf)],
    });
  });

  it('comes on a schedule, with the memory that was chosen', () => {
    const aws = { reconcileEvery: '2h', reconcileMemory: '3GiB' };
    const { pipelines: chosen } = templatesOf({ config: { aws } });
    const schedule = { ScheduleExpression: 'rate(2 hours)', Targets: [Match.objectLike(targetOf)] };
    chosen.hasResourceProperties('AWS::Events::Rule', schedule);
    chosen.resourcePropertiesCountIs('AWS::Lambda::Function', { MemorySize: 3072 }, 1);
    chosen.hasOutput('ReconcileFunction', {});
  });
});

describe('on an emulator', () => {
  const emulated = templatesOf({ context: { emulator: 'true', ephemeral: 'true' } });

  it('there are no alarms, no catalogue, and nothing that an emulator cannot do', () => {
    expect([emulated.operations, emulated.catalogue]).toEqual([null, null]);
    emulated.pipelines.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      StartingPosition: 'TRIM_HORIZON',
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
    });
    emulated.storage.hasResourceProperties('AWS::Kinesis::Stream', {
      StreamModeDetails: { StreamMode: 'PROVISIONED' },
      StreamEncryption: Match.absent(),
    });
  });

  it('a wrong value of a switch is refused', () => {
    expect(() => templatesOf({ context: { emulator: 'yes' } })).toThrow('allowed: true, false');
  });
});

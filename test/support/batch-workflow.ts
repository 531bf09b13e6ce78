import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { BatchWorkflow, type BatchWorkflowProps } from '../../lib/aws/constructs/batch-workflow.ts';
import type { Definition } from './state-machine.ts';

const STEPS = [
  'planRun',
  'mapChunk',
  'checkChunks',
  'reduceBucket',
  'mergeAggregates',
  'publishRun',
  'endRun',
  'startRun',
] as const;

export type StepName = (typeof STEPS)[number];

let known: Definition | null = null;

/** The state machine that is deployed; a task's resource is `arn:aws:lambda:…:function:<step>`. */
export function batchDefinition(): Definition {
  known ??= synthesized();
  return known;
}

function synthesized(): Definition {
  const stack = new Stack(new App(), 'Test', { env: { account: '1', region: 'eu-west-1' } });
  const functions = Object.fromEntries(
    STEPS.map((name) => [
      name,
      LambdaFunction.fromFunctionArn(stack, name, `arn:aws:lambda:eu-west-1:1:function:${name}`),
    ]),
  ) as unknown as Pick<BatchWorkflowProps, StepName>;
  new BatchWorkflow(stack, 'Batch', {
    ...functions,
    name: 'Test-batch',
    isTraced: true,
    timeout: Duration.hours(6),
  });
  const machines = Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine');
  const [machine] = Object.values(machines);
  const text = stack.resolve(machine.Properties.DefinitionString);
  return JSON.parse(textOf(text)) as Definition;
}

/** The partition is the only token in it. */
function textOf(text: string | { readonly 'Fn::Join': readonly [string, readonly unknown[]] }) {
  if (typeof text === 'string') return text;
  return text['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : 'aws')).join('');
}

export function stepOf(resource: string): StepName {
  return resource.slice(resource.lastIndexOf(':') + 1) as StepName;
}

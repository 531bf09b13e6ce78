import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { templatesOf } from '../support/aws-stacks.ts';

const deployed = templatesOf();
const onEmulator = templatesOf({ context: { emulator: 'true' } });

const stacks: readonly (readonly [string, Template | null])[] = [
  ['the pipelines', deployed.pipelines],
  ['the catalogue', deployed.catalogue],
  ['the pipelines on an emulator', onEmulator.pipelines],
];

interface Target {
  readonly Arn: unknown;
  readonly DeadLetterConfig?: { readonly Arn: { readonly 'Fn::GetAtt': readonly [string, 'Arn'] } };
}

function targetsOf(template: Template): Target[] {
  const rules = Object.values(template.findResources('AWS::Events::Rule'));
  return rules.flatMap(({ Properties }) => Properties.Targets as Target[]);
}

/** The logical id that an ARN is of. */
function idOf(arn: unknown): string {
  return (arn as { 'Fn::GetAtt': readonly [string, string] })['Fn::GetAtt'][0];
}

describe.each(stacks)('%s', (_name, found) => {
  const template = found as Template;
  const queues = template.findResources('AWS::SQS::Queue');
  const targets = targetsOf(template);

  it('keep what a rule could not bring to its target', () => {
    expect(targets.length).toBeGreaterThan(0);
    for (const { DeadLetterConfig: config } of targets) {
      expect(config).toBeDefined();
      expect(idOf(config?.Arn)).toMatch(/LostCalls/);
      expect(queues).toHaveProperty(idOf(config?.Arn));
    }
  });

  it('keep the failures of every function that a rule calls: nobody waits for its answer', () => {
    const functions = template.findResources('AWS::Lambda::Function');
    const called = new Set(targets.map(({ Arn }) => idOf(Arn)).filter((id) => id in functions));
    const kept = Object.values(template.findResources('AWS::Lambda::EventInvokeConfig')).map(
      ({ Properties: { FunctionName, DestinationConfig } }) => {
        expect(idOf(DestinationConfig.OnFailure.Destination)).toMatch(/LostCalls/);
        return FunctionName.Ref as string;
      },
    );
    expect(called.size).toBeGreaterThan(0);
    expect(kept.sort()).toEqual([...called].sort());
  });

  it('encrypt the queues, and let nobody reach them without TLS', () => {
    const policies = Object.values(template.findResources('AWS::SQS::QueuePolicy'));
    for (const [id, { Properties }] of Object.entries(queues)) {
      expect(Properties.SqsManagedSseEnabled).toBe(true);
      const denied = policies
        .filter((policy) => policy.Properties.Queues.some((queue: unknown) => refOf(queue) === id))
        .flatMap((policy) => policy.Properties.PolicyDocument.Statement)
        .filter((statement) => statement.Effect === 'Deny');
      expect(denied).toContainEqual(
        expect.objectContaining({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      );
    }
  });
});

function refOf(value: unknown): string | undefined {
  return (value as { Ref?: string }).Ref;
}

it('every queue of lost calls is watched', () => {
  const alarms = deployed.operations?.findResources('AWS::CloudWatch::Alarm', {
    Properties: { AlarmName: 'Tandem-CallsLost' },
  });
  const [alarm] = Object.values(alarms ?? {});
  const watched = alarm.Properties.Metrics.filter(
    (metric: { MetricStat?: unknown }) => metric.MetricStat !== undefined,
  );
  const queues = [deployed.pipelines, deployed.catalogue].flatMap((template) =>
    Object.keys(template?.findResources('AWS::SQS::Queue') ?? {}).filter((id) =>
      id.includes('LostCalls'),
    ),
  );
  expect(queues).toHaveLength(4);
  const named = watched.map((metric: unknown) => JSON.stringify(metric));
  for (const id of queues) {
    expect(named.filter((text: string) => text.includes(id))).toHaveLength(1);
  }
});

import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Stream } from 'aws-cdk-lib/aws-kinesis';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { type CONFIG_SCHEMA, parseConfig } from '../../lambdas/shared/model/config.ts';
import {
  BatchDoor,
  Reconciliation,
  StreamDoor,
  Tandem,
  type TandemConfig,
} from '../../lib/aws/cdk.ts';
import { templatesOf } from '../support/aws-stacks.ts';

const code = () => Code.fromInline('exports.handler = () => {};');

/** How many resources of each type; roles, policies and permissions follow from the others. */
function countsOf(...templates: (Template | null)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const template of templates) {
    for (const { Type } of Object.values(template?.toJSON().Resources ?? {}) as {
      Type: string;
    }[]) {
      if (!/^AWS::(IAM|SNS|KMS|CloudWatch::Dashboard)/.test(Type)) {
        counts[Type] = (counts[Type] ?? 0) + 1;
      }
    }
  }
  return counts;
}

let stack: Stack;
beforeEach(() => {
  stack = new Stack(new App(), 'Mine');
});

describe('the construct Tandem', () => {
  it('makes what the stacks make, but for Athena', () => {
    new Tandem(stack, 'Tandem', { code, alarms: new Topic(stack, 'Topic') });
    const { storage, pipelines, operations } = templatesOf();
    const { 'AWS::CloudWatch::Alarm': alarms, ...made } = countsOf(Template.fromStack(stack));
    const { 'AWS::CloudWatch::Alarm': allAlarms, ...expected } = countsOf(
      storage,
      pipelines,
      operations,
    );

    expect(made).toEqual(expected);
    // That of the catalogue is of no use.
    expect(alarms).toBe(allAlarms - 1);
  });

  it('keeps data when it goes, unless told otherwise', () => {
    new Tandem(stack, 'Tandem', { code });
    const buckets = Object.values(Template.fromStack(stack).findResources('AWS::S3::Bucket'));
    expect(buckets.map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(Array(3).fill('Retain'));

    const other = new Stack(new App(), 'Other');
    new Tandem(other, 'Tandem', { code, removalPolicy: RemovalPolicy.DESTROY });
    const gone = Object.values(Template.fromStack(other).toJSON().Resources) as {
      DeletionPolicy?: string;
    }[];
    expect(gone.filter(({ DeletionPolicy }) => DeletionPolicy === 'Retain')).toEqual([]);
  });

  it('has no alarms on an emulator', () => {
    const local = new Stack(new App({ context: { emulator: 'true' } }), 'Local');
    new Tandem(local, 'Tandem', { code, alarms: new Topic(local, 'Topic') });
    Template.fromStack(local).resourceCountIs('AWS::CloudWatch::Alarm', 0);
  });

  it('compares nothing and has no alarm where that is not wanted', () => {
    new Tandem(stack, 'Tandem', { code, reconcile: false });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Lambda::Function', 14);
    template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
  });
});

describe('doors beside the resources of another stack', () => {
  const foreignOf = (app: App) => {
    const foreign = new Stack(app, 'Foreign');
    const key = { name: 'pk', type: AttributeType.STRING };
    return {
      foreign,
      given: {
        landing: new Bucket(foreign, 'Uploads', { eventBridgeEnabled: true }),
        stream: new Stream(foreign, 'Events'),
        lake: new Bucket(foreign, 'Lake'),
        state: new Table(foreign, 'State', {
          partitionKey: key,
          sortKey: { ...key, name: 'sk' },
        }),
      },
    };
  };

  it('make none that they are given, and change none', () => {
    const app = new App();
    const { foreign, given } = foreignOf(app);
    const mine = new Stack(app, 'Mine');
    new Tandem(mine, 'Tandem', { code, ...given });
    const alone = foreignOf(new App()).foreign;

    const template = Template.fromStack(mine);
    // Of record batches that were given up.
    template.resourceCountIs('AWS::S3::Bucket', 1);
    template.resourceCountIs('AWS::S3::BucketPolicy', 1);
    template.resourceCountIs('AWS::Kinesis::Stream', 0);
    template.resourceCountIs('AWS::DynamoDB::Table', 0);
    const { Outputs: exported, ...changed } = Template.fromStack(foreign).toJSON();
    expect(changed).toEqual(Template.fromStack(alone).toJSON());
    expect(Object.keys(exported).length).toBeGreaterThan(0);
  });
});

describe('a door alone', () => {
  it('makes what it needs and nothing of the other', () => {
    new BatchDoor(stack, 'Batch', { code });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::S3::Bucket', 2);
    template.resourceCountIs('AWS::DynamoDB::Table', 1);
    template.resourceCountIs('AWS::Kinesis::Stream', 0);
  });

  it('is not compared with one that has another lake', () => {
    const batch = new BatchDoor(stack, 'Batch', { code });
    const stream = new StreamDoor(stack, 'Stream', { code });
    expect(() => new Reconciliation(stack, 'Compare', { batch, stream })).toThrow(
      'Reconciliation needs both doors on the same lake; give the stream door that of the batch door',
    );
  });
});

/** The compiler says so where a key of the type is not one of the schema, or of another type. */
const asWritten = (config: TandemConfig): v.InferInput<typeof CONFIG_SCHEMA> =>
  config as Loose<TandemConfig>;

/** Without `readonly`, which the schema does not say. */
type Loose<T> = T extends readonly (infer Item)[]
  ? Loose<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Loose<T[Key]> }
    : T;

describe('the config of a construct', () => {
  it('has the types of the schema', () => {
    const config: TandemConfig = { windows: { length: '5m' }, aws: { shards: 3 } };
    expect(parseConfig(asWritten(config))).toMatchObject({ windows: { lengthMs: 300_000 } });
  });

  it('decides as in the file', () => {
    new StreamDoor(stack, 'Stream', { code, config: { aws: { shards: 7, batchWindow: '9s' } } });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Kinesis::Stream', { ShardCount: 7 });
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      MaximumBatchingWindowInSeconds: 9,
    });
  });

  it.each([
    [{ windows: { length: '1y' } }, 'windows.length'],
    [
      { aws: { region: 'eu-west-1' } },
      'aws.region does not apply here; use props.env of the stack instead',
    ],
    [{ aws: { tags: { a: 'b' } } }, 'aws.tags does not apply here; use Tags.of() instead'],
  ])('fails when it is wrong: %j', (wrong, message) => {
    const config = wrong as TandemConfig;
    expect(() => new BatchDoor(stack, 'Batch', { code, config })).toThrow(message);
  });

  it('fails when data may neither stay nor go', () => {
    const removalPolicy = RemovalPolicy.SNAPSHOT;
    expect(() => new BatchDoor(stack, 'Batch', { code, removalPolicy })).toThrow(
      'removalPolicy is snapshot; allowed: retain, destroy',
    );
  });
});

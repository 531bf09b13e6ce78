import { App, CfnResource, Stack, TagManager } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../lambdas/shared/model/config.ts';
import { TandemChecks } from '../../lib/aws/checks.ts';
import { deploymentOf } from '../../lib/aws/deployment.ts';
import { addStacks } from '../../lib/aws/stacks.ts';
import {
  actionsOf,
  resourceTexts,
  stacksOf,
  statementsByRole,
  type Templates,
  templatesOf,
} from '../support/aws-stacks.ts';

const BOUNDARY = 'arn:aws:iam::111111111111:policy/Developers';
const KEY = 'arn:aws:kms:eu-central-1:111111111111:key/12345678-1234-1234-1234-123456789012';
const VPC = { id: 'vpc-12345678', subnets: ['subnet-aaaaaaaa', 'subnet-bbbbbbbb'] };
const EXISTING = {
  landingBucket: 'shop-exports',
  lakeBucket: 'shop-lake',
  failuresBucket: 'shop-failures',
  stateTable: 'shop-state',
  stream: 'shop-orders',
};

function listOf(templates: Templates): Template[] {
  return Object.values(templates).filter((template) => template !== null);
}

/** Of all stacks. */
function resourcesOf(templates: Templates, type: string) {
  return listOf(templates).flatMap((template) => Object.values(template.findResources(type)));
}

describe('rules of an account', () => {
  const aws = {
    permissionsBoundary: BOUNDARY,
    vpc: { ...VPC, securityGroups: ['sg-cccccccc'] },
    logRetention: '30d',
    tags: { team: 'orders', 'cost:centre': '42' },
  };
  const templates = templatesOf({ config: { aws } });

  it('bound every role', () => {
    const roles = resourcesOf(templates, 'AWS::IAM::Role');
    expect(roles.length).toBeGreaterThan(15);
    for (const { Properties } of roles) expect(Properties.PermissionsBoundary).toBe(BOUNDARY);
  });

  it('bound every role by the name of a policy, too', () => {
    const named = templatesOf({ config: { aws: { permissionsBoundary: 'Developers' } } });
    for (const { Properties } of resourcesOf(named, 'AWS::IAM::Role')) {
      expect(JSON.stringify(Properties.PermissionsBoundary)).toContain(':policy/Developers');
    }
  });

  it('put every function into the subnets, with the rights to its interfaces', () => {
    const functions = resourcesOf(templates, 'AWS::Lambda::Function');
    expect(functions).toHaveLength(16);
    for (const { Properties, DependsOn } of functions) {
      expect(Properties.VpcConfig).toEqual({
        SubnetIds: VPC.subnets,
        SecurityGroupIds: ['sg-cccccccc'],
      });
      expect(DependsOn.join()).toContain('Connections');
    }
    const roles = [...statementsByRole(templates.pipelines)].filter(([, statements]) =>
      statements.flatMap(actionsOf).includes('ec2:CreateNetworkInterface'),
    );
    expect(roles).toHaveLength(15);
  });

  it('let functions make a group that lets HTTPS out, where none is named', () => {
    const { pipelines } = templatesOf({ config: { aws: { vpc: VPC } } });
    pipelines.resourceCountIs('AWS::EC2::SecurityGroup', 1);
    pipelines.hasResourceProperties('AWS::EC2::SecurityGroup', {
      VpcId: VPC.id,
      SecurityGroupEgress: [Match.objectLike({ FromPort: 443, ToPort: 443 })],
      SecurityGroupIngress: Match.absent(),
    });
  });

  it('hold for every log group', () => {
    const groups = resourcesOf(templates, 'AWS::Logs::LogGroup');
    expect(groups).toHaveLength(19);
    for (const { Properties } of groups) expect(Properties.RetentionInDays).toBe(30);
  });

  it('tag whatever can have tags', () => {
    const { storage } = stacksOf({ config: { aws } });
    const app = storage.node.root as App;
    app.synth();
    const stacks = app.node.children.filter((child) => Stack.isStack(child));
    const taggable = stacks
      .flatMap((stack) => stack.node.findAll())
      .filter((found) => found instanceof CfnResource)
      .flatMap((resource) => TagManager.of(resource) ?? []);
    expect(taggable.length).toBeGreaterThan(80);
    for (const tags of taggable) {
      expect(tags.tagValues()).toMatchObject({ application: 'tandem', ...aws.tags });
    }
    for (const type of ['AWS::S3::Bucket', 'AWS::Lambda::Function', 'AWS::CloudWatch::Alarm']) {
      for (const { Properties } of resourcesOf(templates, type)) {
        expect(Properties.Tags).toContainEqual({ Key: 'cost:centre', Value: '42' });
      }
    }
  });
});

describe('what is there already', () => {
  const templates = templatesOf({ config: { aws: { existing: EXISTING } } });

  it('is not made, and no resource changes it', () => {
    const resources = Object.values(templates.storage.toJSON().Resources) as { Type: string }[];
    // Without any the stack would not be deployed, and nobody would find the names.
    expect(resources.map(({ Type }) => Type)).toEqual(['AWS::CloudFormation::WaitConditionHandle']);
    for (const type of ['AWS::S3::BucketPolicy', 'Custom::S3BucketNotifications']) {
      expect(resourcesOf(templates, type)).toEqual([]);
    }
  });

  it('is found by the outputs under which everything else is found', () => {
    const outputs = Object.entries(templates.storage.toJSON().Outputs) as [
      string,
      { Value: unknown },
    ][];
    const values = outputs.map(([name, { Value: value }]) => [name, value]);
    expect(Object.fromEntries(values)).toMatchObject({
      LandingBucket: EXISTING.landingBucket,
      LakeBucket: EXISTING.lakeBucket,
      FailuresBucket: EXISTING.failuresBucket,
      StateTable: EXISTING.stateTable,
    });
    expect(JSON.stringify(Object.fromEntries(values).StreamName)).toContain('shop-orders');
  });

  it('is what functions and rules work on', () => {
    const { pipelines } = templates;
    pipelines.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { STATE_TABLE: 'shop-state', LAKE_BUCKET: 'shop-lake' } },
    });
    pipelines.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { detail: { bucket: { name: ['shop-exports'] } } },
    });
    const texts = [...statementsByRole(pipelines).values()].flat().flatMap(resourceTexts).join();
    for (const name of ['shop-exports/orders/*', 'table/shop-state', 'stream/shop-orders']) {
      expect(texts).toContain(name);
    }
    expect(JSON.stringify(pipelines.findResources('AWS::Lambda::EventSourceMapping'))).toContain(
      ':stream/shop-orders',
    );
  });

  it('may be a part: the rest is made', () => {
    const { storage } = templatesOf({
      config: {
        aws: { existing: { stream: 'arn:aws:kinesis:eu-central-1:111111111111:stream/s' } },
      },
    });
    storage.resourceCountIs('AWS::S3::Bucket', 3);
    storage.resourceCountIs('AWS::Kinesis::Stream', 0);
    storage.hasOutput('StreamName', { Value: 's' });
  });
});

describe('a key of one’s own', () => {
  const templates = templatesOf({ config: { aws: { existing: { kmsKey: KEY } } } });

  it('encrypts buckets, table, stream, queues, topic and logs', () => {
    const { storage, operations, pipelines } = templates;
    const bucket = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY };
    storage.allResourcesProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { BucketKeyEnabled: true, ServerSideEncryptionByDefault: bucket },
        ],
      },
    });
    storage.allResourcesProperties('AWS::DynamoDB::Table', {
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: KEY },
    });
    storage.allResourcesProperties('AWS::Kinesis::Stream', {
      StreamEncryption: { EncryptionType: 'KMS', KeyId: KEY },
    });
    pipelines.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: KEY });
    operations?.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: KEY });
    expect(resourcesOf(templates, 'AWS::KMS::Key')).toEqual([]);
    const groups = resourcesOf(templates, 'AWS::Logs::LogGroup');
    for (const { Properties } of groups) expect(Properties.KmsKeyId).toBe(KEY);
  });

  it('is used by functions through the services whose data they touch, and nothing else', () => {
    const uses = (role: string) =>
      (statementsByRole(templates.pipelines).get(role) ?? [])
        .filter((statement) => actionsOf(statement).some((action) => action.startsWith('kms:')))
        .map((statement) => {
          expect(statement.Resource).toBe(KEY);
          const service = /(s3|sqs|kinesis|dynamodb)\./.exec(JSON.stringify(statement.Condition));
          return `${service?.[1]}: ${actionsOf(statement).join(' ')}`;
        })
        .sort();
    expect([...new Set(uses('mapChunk'))]).toEqual([
      's3: kms:Decrypt',
      's3: kms:Decrypt kms:GenerateDataKey',
    ]);
    expect(uses('startRun')).toEqual([
      'dynamodb: kms:Decrypt kms:Encrypt kms:GenerateDataKey kms:DescribeKey',
      'sqs: kms:Decrypt kms:GenerateDataKey',
    ]);
    expect([...new Set(uses('consumeOrders'))]).toEqual([
      'dynamodb: kms:Decrypt kms:Encrypt kms:GenerateDataKey kms:DescribeKey',
      'kinesis: kms:Decrypt',
      's3: kms:Decrypt kms:GenerateDataKey',
    ]);
  });

  it('of an id is one of this account', () => {
    const id = KEY.slice(KEY.indexOf('/') + 1);
    const { storage } = templatesOf({ config: { aws: { existing: { kmsKey: id } } } });
    const text = JSON.stringify(storage.findResources('AWS::DynamoDB::Table'));
    expect(text).toContain(`:key/${id}`);
  });
});

describe('alarms', () => {
  it('go to a topic under a key that CloudWatch may use', () => {
    const { operations } = templatesOf();
    operations?.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    operations?.hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
          }),
        ]),
      },
    });
  });
});

describe('checks', () => {
  it.each([
    ['as it is', {}],
    ['in a VPC with a key', { vpc: VPC, existing: { kmsKey: KEY } }],
    ['on what is there', { existing: EXISTING, permissionsBoundary: 'Developers' }],
  ])('find nothing in a deployment %s', (_, aws) => {
    const app = new App();
    const deployment = deploymentOf(app, parseConfig({ aws }));
    addStacks(app, deployment, () => Code.fromInline('exports.handler = () => {};'));
    app.synth(); // Aspects come first: the boundary, the tags.
    const { violations } = new TandemChecks(app).validateScope(app);
    expect(
      violations.map(({ ruleName, violatingResources }) => [ruleName, violatingResources]),
    ).toEqual([]);
  });
});

import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { templatesOf } from '../support/aws-stacks.ts';

const { storage } = templatesOf();
const ephemeral = templatesOf({ context: { ephemeral: 'true' } }).storage;

const STATEFUL = ['AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'AWS::Kinesis::Stream'];

describe('the storage stack', () => {
  it('keeps the logical ids of what holds data: another id is another bucket', () => {
    const ids = STATEFUL.flatMap((type) => Object.keys(storage.findResources(type)));
    expect(ids).toMatchInlineSnapshot(`
      [
        "LandingF95672E9",
        "Lake5F1B88EA",
        "Failures8A3E1A2F",
        "State1C20CC9A",
        "OrdersA9B65338",
      ]
    `);
  });

  it.each(STATEFUL)('keeps %s when the stack is deleted, unless it is ephemeral', (type) => {
    for (const resource of Object.values(storage.findResources(type))) {
      expect([resource.DeletionPolicy, resource.UpdateReplacePolicy]).toEqual(['Retain', 'Retain']);
    }
    for (const resource of Object.values(ephemeral.findResources(type))) {
      expect(resource.DeletionPolicy).toBe('Delete');
    }
  });

  it('encrypts every bucket, closes it to the public and to plain HTTP', () => {
    const bucketIds = Object.keys(storage.findResources('AWS::S3::Bucket'));
    expect(bucketIds).toHaveLength(3);
    storage.allResourcesProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
        ],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
    for (const id of bucketIds) {
      storage.hasResourceProperties('AWS::S3::BucketPolicy', {
        Bucket: { Ref: id },
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({
              Effect: 'Deny',
              Action: 's3:*',
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            }),
          ]),
        },
      });
    }
  });

  it('removes parts of unfinished uploads, and what stopped runs left', () => {
    storage.allResourcesProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: Match.arrayWith([
          Match.objectLike({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 } }),
        ]),
      },
    });
    storage.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: Match.arrayWith([Match.objectLike({ Prefix: 'work/', ExpirationInDays: 7 })]),
      },
    });
  });

  const rulesOf = (id: string) => {
    const [[, bucket]] = Object.entries(storage.findResources('AWS::S3::Bucket')).filter(([name]) =>
      name.startsWith(id),
    );
    const rules = bucket.Properties.LifecycleConfiguration.Rules as Record<string, unknown>[];
    return { versioned: bucket.Properties.VersioningConfiguration?.Status === 'Enabled', rules };
  };

  it('keeps old versions of uploads and of the lake for a while', () => {
    for (const id of ['Landing', 'Lake']) {
      const { versioned, rules } = rulesOf(id);
      expect(versioned).toBe(true);
      expect(rules).toContainEqual({
        Id: 'OldVersions',
        Status: 'Enabled',
        ExpiredObjectDeleteMarker: true,
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
      });
    }
    expect(rulesOf('Failures').versioned).toBe(false);
  });

  it('keeps them as long as was chosen, and reports, too', () => {
    const aws = { keepVersionsFor: '36h', keepReportsFor: '90d' };
    const chosen = JSON.stringify(templatesOf({ config: { aws } }).storage.toJSON());
    expect(chosen.match(/"NoncurrentDays":2}/g)).toHaveLength(2);
    expect(chosen.match(/"ExpirationInDays":90/g)).toHaveLength(2);
  });

  it('lets nothing expire that a reader needs, and forgets soon what a run makes again', () => {
    const expiring = rulesOf('Lake').rules.filter((rule) => 'ExpirationInDays' in rule);
    expect(expiring.map(({ Prefix, ExpirationInDays }) => [Prefix, ExpirationInDays])).toEqual([
      ['work/', 7],
      ['athena-results/', 30],
      ['reports/reconcile/', 365],
      ['state/batch/failures/', 365],
    ]);
    for (const id of ['Landing', 'Failures']) {
      expect(rulesOf(id).rules.filter((rule) => 'ExpirationInDays' in rule)).toEqual([]);
    }
    const soon = rulesOf('Lake').rules.filter(
      ({ NoncurrentVersionExpiration: age }) =>
        (age as { NoncurrentDays: number } | undefined)?.NoncurrentDays === 1,
    );
    expect(soon.map(({ Prefix }) => Prefix)).toEqual([
      'work/',
      'athena-results/',
      'tables/batch/',
      'state/batch/plans/',
    ]);
  });

  it('tells EventBridge of uploads and publications, without a custom resource', () => {
    const notifying = storage.findResources('AWS::S3::Bucket', {
      Properties: {
        NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      },
    });
    expect(Object.keys(notifying).map((id) => id.slice(0, -8))).toEqual(['Landing', 'Lake']);
    expect(Object.keys(storage.findResources('Custom::S3BucketNotifications'))).toEqual([]);
  });

  it('protects the state table, and pays per request', () => {
    storage.hasResourceProperties('AWS::DynamoDB::Table', {
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    });
    ephemeral.hasResourceProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: false });
  });

  it('says the mode of the stream whichever it is, and encrypts it', () => {
    storage.hasResourceProperties('AWS::Kinesis::Stream', {
      StreamModeDetails: { StreamMode: 'PROVISIONED' },
      ShardCount: 2,
      RetentionPeriodHours: 72,
      StreamEncryption: { EncryptionType: 'KMS' },
    });
    const onDemand = templatesOf({ config: { aws: { streamMode: 'on_demand' } } }).storage;
    onDemand.hasResourceProperties('AWS::Kinesis::Stream', {
      StreamModeDetails: { StreamMode: 'ON_DEMAND' },
      ShardCount: Match.absent(),
    });
  });
});

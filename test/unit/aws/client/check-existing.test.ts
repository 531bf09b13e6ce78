import { describe, expect, it } from 'vitest';
import {
  makeKinesisClient,
  makeS3Client,
} from '../../../../lambdas/shared/adapters/aws/clients.ts';
import { parseConfig } from '../../../../lambdas/shared/model/config.ts';
import { checkExisting } from '../../../../lib/aws/client/check-existing.ts';
import { type Script, StubbedAws, xmlError } from '../../../support/stubbed-aws.ts';

const ALL = { landingBucket: 'exports', lakeBucket: 'shop-lake', stream: 'orders' };

async function check(existing: object, s3: Script, kinesis: Script = []) {
  const answers = { s3: new StubbedAws(s3), kinesis: new StubbedAws(kinesis) };
  const { aws } = parseConfig({ aws: { existing } });
  const outputs = { LandingBucket: 'exports', LakeBucket: 'shop-lake', StreamName: 'orders' };
  const findings = await checkExisting(aws, outputs, {
    s3: makeS3Client({ endpoint: 'http://127.0.0.1:1' }, answers.s3.config),
    kinesis: makeKinesisClient({}, answers.kinesis.config),
  });
  const methods = answers.s3.requests.map(({ method }) => method);
  return { findings, methods };
}

const xml = (body: string) => ({ status: 200, body });
const EVENTS = xml(
  '<NotificationConfiguration><EventBridgeConfiguration/></NotificationConfiguration>',
);
const NO_EVENTS = xml('<NotificationConfiguration/>');
const VERSIONED = xml(
  '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>',
);
const UNVERSIONED = xml('<VersioningConfiguration/>');
const rule = (text: string) => `<Rule><Status>Enabled</Status>${text}</Rule>`;
const RULES = xml(
  '<LifecycleConfiguration>' +
    rule('<Filter><Prefix>work/</Prefix></Filter><Expiration><Days>7</Days></Expiration>') +
    rule(
      '<Filter><Prefix></Prefix></Filter><NoncurrentVersionExpiration><NoncurrentDays>30' +
        '</NoncurrentDays></NoncurrentVersionExpiration><AbortIncompleteMultipartUpload>' +
        '<DaysAfterInitiation>2</DaysAfterInitiation></AbortIncompleteMultipartUpload>',
    ) +
    '</LifecycleConfiguration>',
);
const streamOf = (hours: number) => ({
  status: 200,
  body: JSON.stringify({
    StreamDescriptionSummary: { StreamName: 'orders', RetentionPeriodHours: hours },
  }),
});

describe('the check of what is brought', () => {
  it('finds nothing where all is switched on, and only reads', async () => {
    const s3 = [EVENTS, VERSIONED, EVENTS, VERSIONED, RULES];
    const { findings, methods } = await check(ALL, s3, [streamOf(72)]);
    expect(findings).toEqual([]);
    expect(methods).toEqual(['GET', 'GET', 'GET', 'GET', 'GET']);
  });

  it('names what is not, what that means and what to do', async () => {
    const none = xmlError(404, 'NoSuchLifecycleConfiguration');
    const s3 = [NO_EVENTS, UNVERSIONED, NO_EVENTS, UNVERSIONED, none];
    expect((await check(ALL, s3, [streamOf(24)])).findings).toEqual([
      'bucket exports sends no events to EventBridge, so no upload starts a run; ' +
        'enable Amazon EventBridge in its properties',
      'bucket exports keeps no versions, so a replaced upload cannot be restored',
      'bucket shop-lake sends no events to EventBridge, so the tables of Athena are updated ' +
        'only once an hour; enable Amazon EventBridge in its properties',
      'bucket shop-lake keeps no versions, so a lost object cannot be restored',
      'bucket shop-lake has no lifecycle rule for expiration of work/, expiration of old versions, ' +
        'deletion of incomplete uploads, so you pay for unneeded objects',
      'stream orders keeps records for 24h, but aws.retention is 72h; ' +
        'alarms use the latter: make both the same',
    ]);
  });

  it('goes on where it may not look', async () => {
    const s3 = [xmlError(403, 'AccessDenied'), UNVERSIONED];
    const { findings } = await check({ landingBucket: 'exports' }, s3);
    expect(findings).toHaveLength(2);
    expect(findings[0]).toMatch(/^not checked: .*; docs\/deploying.md lists the permissions$/);
  });

  it('asks nobody where nothing is brought', async () => {
    expect(await check({ lakeBucket: null }, [])).toEqual({ findings: [], methods: [] });
  });
});

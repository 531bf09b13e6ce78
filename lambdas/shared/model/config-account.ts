import * as v from 'valibot';
import { duration, group, text } from './config-values.ts';

/** How a deployment fits into an account that has rules of its own (docs/deploying.md). */

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const STREAM = /^([a-zA-Z0-9_.-]{1,128}|arn:aws[a-z-]*:kinesis:[a-z0-9-]+:\d{12}:stream\/[\w.-]+)$/;
const KEY =
  /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}|arn:aws[a-z-]*:kms:\S+:key\/[\w-]+)$/;
const POLICY = /^([\w+=,.@/-]{1,128}|arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+)$/;

function named(form: RegExp, description: string, allowed: string) {
  return v.optional(v.nullable(text(form, description, allowed)), null);
}

const bucket = (what: string) =>
  named(BUCKET, `existing bucket ${what}; null: create one`, 'a bucket name');

export const existing = v.pipe(
  v.strictObject({
    landingBucket: bucket('for uploads'),
    lakeBucket: bucket('for tables, manifests and raw segments'),
    failuresBucket: bucket('for record batches that Lambda gave up'),
    stateTable: named(
      /^[a-zA-Z0-9_.-]{3,255}$/,
      'existing table for shard logs and starter state; null: create one',
      'a table name',
    ),
    stream: named(
      STREAM,
      'existing stream of order events; null: create one',
      'a stream name or ARN',
    ),
    kmsKey: named(
      KEY,
      'KMS key for created resources and for existing encrypted ones; null: use keys of AWS',
      'a key id or ARN, not an alias',
    ),
  }),
  group('Existing resources to use instead of new ones.'),
);

export type Existing = v.InferOutput<typeof existing>;

function listOf(form: RegExp, description: string, allowed: string) {
  return v.optional(
    v.pipe(v.array(v.pipe(v.string(), v.regex(form))), v.metadata({ description, allowed })),
    [],
  );
}

export const vpc = v.pipe(
  v.strictObject({
    id: named(/^vpc-[0-9a-f]{8,17}$/, 'VPC that the functions run in; null: none', 'vpc-…'),
    subnets: listOf(/^subnet-[0-9a-f]{8,17}$/, 'subnets of the VPC', 'a list of subnet-…'),
    securityGroups: listOf(
      /^sg-[0-9a-f]{8,17}$/,
      'security groups of the functions; empty: create one that allows outgoing HTTPS',
      'a list of sg-…',
    ),
  }),
  group('Network of the functions.'),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { id, subnets, securityGroups } = dataset.value;
    if ((id === null) === (subnets.length === 0) && (id !== null || securityGroups.length === 0)) {
      return;
    }
    const [key, message] =
      id === null
        ? ['id', 'a VPC id, because subnets or security groups are set']
        : ['subnets', 'at least one, because aws.vpc.id is set'];
    const { [key]: value } = dataset.value as Record<string, unknown>;
    const path = { type: 'object', origin: 'value', input: dataset.value, key, value };
    addIssue({ message, path: [path as v.ObjectPathItem] });
  }),
);

/** CloudWatch takes these and no others. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
].map((days) => `${days}d`);

export const logRetention = v.optional(
  v.pipe(
    v.picklist(RETENTION_DAYS),
    v.metadata({
      description: 'how long logs are kept',
      allowed: RETENTION_DAYS.join(', '),
    }),
    v.transform((text) => Number.parseInt(text, 10)),
  ),
  '90d',
);

export const permissionsBoundary = named(
  POLICY,
  'permissions boundary of every created role; null: none',
  'a policy name or ARN',
);

/** A resource has 50 tags at most; the CDK and AWS add some. */
const MAX_TAGS = 40;

const TAG_KEY = /^(?!aws:)[\p{L}\p{N}\p{Zs}_.:/=+@-]{1,128}$/u;
const TAG_VALUE = /^[\p{L}\p{N}\p{Zs}_.:/=+@-]{0,256}$/u;

export const tags = v.optional(
  v.pipe(
    v.record(v.pipe(v.string(), v.regex(TAG_KEY)), v.pipe(v.string(), v.regex(TAG_VALUE))),
    v.check((map) => Object.keys(map).length <= MAX_TAGS),
    v.metadata({
      description: 'tags for all resources, in addition to application: tandem',
      allowed: `up to ${MAX_TAGS} names with a text each; letters, digits, spaces and _.:/=+@-`,
    }),
  ),
  {},
);

export const keepVersionsFor = v.optional(
  duration('1d', '3650d', 'how long replaced and deleted objects can be restored; whole days'),
  '30d',
);

export const keepReportsFor = v.optional(
  duration('1d', '3650d', 'how long reports of comparisons and failed runs are kept; whole days'),
  '365d',
);

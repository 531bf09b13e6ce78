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

const bucket = (what: string) => named(BUCKET, `bucket ${what}; null: one is made`, 'its name');

export const existing = v.pipe(
  v.strictObject({
    landingBucket: bucket('that files are uploaded to'),
    lakeBucket: bucket('of tables, manifests and raw segments'),
    failuresBucket: bucket('of record batches that were given up'),
    stateTable: named(
      /^[a-zA-Z0-9_.-]{3,255}$/,
      'table of shard logs and of the starter; null: one is made',
      'its name',
    ),
    stream: named(STREAM, 'stream of order events; null: one is made', 'its name or ARN'),
    kmsKey: named(
      KEY,
      'encrypts what is made, and opens what is brought; null: keys of AWS do',
      'its id or ARN; policies know no alias',
    ),
  }),
  group('What is there already.'),
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
    id: named(/^vpc-[0-9a-f]{8,17}$/, 'functions run in this VPC; null: in none', 'vpc-…'),
    subnets: listOf(/^subnet-[0-9a-f]{8,17}$/, 'subnets of it', 'a list of subnet-…'),
    securityGroups: listOf(
      /^sg-[0-9a-f]{8,17}$/,
      'of the functions; none: one is made that lets HTTPS out',
      'a list of sg-…',
    ),
  }),
  group('The network of the functions.'),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { id, subnets, securityGroups } = dataset.value;
    if ((id === null) === (subnets.length === 0) && (id !== null || securityGroups.length === 0)) {
      return;
    }
    const [key, message] =
      id === null
        ? ['id', 'a VPC, where subnets or security groups are named']
        : ['subnets', 'one at least, where a VPC is named'];
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
      description: 'how long the logs of functions and runs are kept',
      allowed: RETENTION_DAYS.join(', '),
    }),
    v.transform((text) => Number.parseInt(text, 10)),
  ),
  '90d',
);

export const permissionsBoundary = named(
  POLICY,
  'bounds every role that is made; null: nothing does',
  'the name or ARN of a policy',
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
      description: 'tags of everything that can have some, beside application: tandem',
      allowed: `up to ${MAX_TAGS} names with a text each, of letters, digits, blanks and _.:/=+@-`,
    }),
  ),
  {},
);

export const keepVersionsFor = v.optional(
  duration('1d', '3650d', 'replaced and deleted objects can be got back for so long; whole days'),
  '30d',
);

export const keepReportsFor = v.optional(
  duration('1d', '3650d', 'reports of comparisons and of failed runs are kept so long; whole days'),
  '365d',
);

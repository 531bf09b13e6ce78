import { Duration } from 'aws-cdk-lib';
import type { LifecycleRule } from 'aws-cdk-lib/aws-s3';
import type { Config } from '../../../lambdas/shared/model/config.ts';
import { MS_PER_DAY } from '../../../lambdas/shared/model/time.ts';

/** Longer than any run takes, and than a person needs to look at what one left. */
const LEFT_WORK_DAYS = 7;
const QUERY_RESULTS_DAYS = 30;
/** S3 has no shorter time. */
const ONE_DAY = Duration.days(1);

/** Parts of an unfinished upload cost money and are invisible. */
const ABANDONED_UPLOADS: LifecycleRule = {
  id: 'AbandonedUploads',
  abortIncompleteMultipartUploadAfter: Duration.days(2),
};

/**
 * What a later run makes again, or is read once: its old versions go at once, or each run would
 * cost until `aws.keepVersionsFor` is over. Current objects stay, except for the two temporary
 * kinds.
 */
const MADE_AGAIN: readonly LifecycleRule[] = [
  { id: 'Work', prefix: 'work/', expiration: Duration.days(LEFT_WORK_DAYS) },
  { id: 'QueryResults', prefix: 'athena-results/', expiration: Duration.days(QUERY_RESULTS_DAYS) },
  { id: 'BatchTables', prefix: 'tables/batch/' },
  { id: 'BatchPlans', prefix: 'state/batch/plans/' },
].map((rule) => ({ ...rule, noncurrentVersionExpiration: ONE_DAY }));

type Ages = Pick<Config['aws'], 'keepVersionsForMs' | 'keepReportsForMs'>;

function daysOf(ms: number): Duration {
  return Duration.days(Math.ceil(ms / MS_PER_DAY));
}

function oldVersions({ keepVersionsForMs }: Ages): LifecycleRule {
  return {
    id: 'OldVersions',
    noncurrentVersionExpiration: daysOf(keepVersionsForMs),
    // Removes a deletion mark once no version is left.
    expiredObjectDeleteMarker: true,
  };
}

/** Rules of the landing bucket. Files stay: a run reads all that landing holds. */
export function landingRules(ages: Ages): LifecycleRule[] {
  return [ABANDONED_UPLOADS, oldVersions(ages)];
}

/**
 * Rules of the lake. Tables, manifests, segments and the stream's state do not expire: readers
 * follow manifests to files of any age, and Tandem itself removes what none names. Reports are for
 * people.
 */
export function lakeRules(ages: Ages): LifecycleRule[] {
  const expiration = daysOf(ages.keepReportsForMs);
  return [
    ABANDONED_UPLOADS,
    oldVersions(ages),
    ...MADE_AGAIN,
    { id: 'Comparisons', prefix: 'reports/reconcile/', expiration },
    { id: 'FailedRuns', prefix: 'state/batch/failures/', expiration },
  ];
}

/** Rules of the bucket for given-up batches: a message is needed until its records are redriven. */
export function failuresRules(): LifecycleRule[] {
  return [ABANDONED_UPLOADS];
}

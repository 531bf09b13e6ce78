import { Duration } from 'aws-cdk-lib';
import type { LifecycleRule } from 'aws-cdk-lib/aws-s3';
import type { Config } from '../../../lambdas/shared/model/config.ts';
import { MS_PER_DAY } from '../../../lambdas/shared/model/time.ts';

/** Longer than any run takes, and than a person needs to look at what one left. */
const LEFT_WORK_DAYS = 7;
const QUERY_RESULTS_DAYS = 30;
/** S3 has no shorter time. */
const ONE_DAY = Duration.days(1);

/** Parts of an upload that nobody finished are paid for, and seen by nobody. */
const ABANDONED_UPLOADS: LifecycleRule = {
  id: 'AbandonedUploads',
  abortIncompleteMultipartUploadAfter: Duration.days(2),
};

/**
 * What another run makes again, or nobody reads twice: its old versions go at once, or each run
 * would be paid for until `aws.keepVersionsFor` is over. Current objects stay, but for the two that
 * are temporary.
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
    // The mark of a deletion, once nothing is left behind it.
    expiredObjectDeleteMarker: true,
  };
}

/** Files stay: a run reads all that landing holds. */
export function landingRules(ages: Ages): LifecycleRule[] {
  return [ABANDONED_UPLOADS, oldVersions(ages)];
}

/**
 * Tables, manifests, segments and the state of the stream have no expiry: readers follow manifests
 * to files of any age, and Tandem itself removes what none names. Reports are read by people.
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

/** A message stays until its records are redriven, and is then of no use. */
export function failuresRules(): LifecycleRule[] {
  return [ABANDONED_UPLOADS];
}

import { makeS3Client } from '../../../../lambdas/shared/adapters/aws/clients.ts';
import { S3ObjectStore } from '../../../../lambdas/shared/adapters/aws/s3-object-store.ts';
import type { Randomness } from '../../../../lambdas/shared/ports/randomness.ts';
import { type Script, StubbedAws, skippingClock } from '../../../support/stubbed-aws.ts';

export interface OpenedS3 {
  readonly aws: StubbedAws;
  readonly store: S3ObjectStore;
}

/** A store on a bucket `lake` whose service answers by the script; parts have 8 bytes. */
export function openS3(...script: Script): OpenedS3 {
  const aws = new StubbedAws(script);
  const endpoint = 'http://127.0.0.1:1';
  return {
    aws,
    store: new S3ObjectStore({
      client: makeS3Client({ endpoint }, aws.config),
      bucket: 'lake',
      clock: skippingClock(),
      randomness: counted(),
      partBytes: 8,
    }),
  };
}

function counted(): Randomness {
  let count = 0;
  return {
    fraction: () => 0.5,
    id: () => `${++count}`.padStart(16, '0'),
  };
}

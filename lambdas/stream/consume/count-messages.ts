import type { ObjectStore } from '../../shared/ports/object-store.ts';

/** Where the event source mapping writes what it gave up (Lambda guide, "S3 destinations"). */
export const FAILED_BATCHES = 'aws/lambda/';

/** More are not counted: one is too many already. */
const MAX_COUNTED = 1_000;

/** Number of record batches that wait to be redriven. */
export async function countMessages(failures: ObjectStore): Promise<number> {
  let count = 0;
  for await (const _ of failures.list(FAILED_BATCHES)) {
    count += 1;
    if (count === MAX_COUNTED) break;
  }
  return count;
}

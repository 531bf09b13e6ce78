import { randomUUID } from 'node:crypto';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  ListMultipartUploadsCommand,
} from '@aws-sdk/client-s3';
import { makeS3Client } from '../../../lambdas/shared/adapters/aws/clients.ts';
import { S3ObjectStore } from '../../../lambdas/shared/adapters/aws/s3-object-store.ts';
import { SystemClock } from '../../../lambdas/shared/runtime/clock.ts';
import { SystemRandomness } from '../../../lambdas/shared/runtime/randomness.ts';
import { describeObjectStore } from '../../contract/object-store.ts';
import { keysOf } from '../../contract/store-facts.ts';
import { exceptionsOf } from '../exceptions.ts';
import { runningEmulator } from '../running-emulator.ts';

const emulator = runningEmulator();
const client = makeS3Client();

describeObjectStore(
  `S3ObjectStore on ${emulator.name}`,
  async () => {
    const bucket = `contract-${randomUUID()}`;
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    const store = new S3ObjectStore({
      client,
      bucket,
      clock: new SystemClock(),
      randomness: new SystemRandomness(),
    });
    return {
      store,
      close: async () => {
        const { Uploads = [] } = await client.send(
          new ListMultipartUploadsCommand({ Bucket: bucket }),
        );
        if (Uploads.length > 0) throw new Error(`${Uploads.length} uploads are left`);
        await store.delete(await keysOf(store));
        await client.send(new DeleteBucketCommand({ Bucket: bucket }));
      },
    };
  },
  exceptionsOf(emulator.name).objectStore,
);

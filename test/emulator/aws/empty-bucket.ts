import { DeleteObjectsCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { makeS3Client } from '../../../lambdas/shared/adapters/aws/clients.ts';

/** Removes all versions of all objects: a stack deletes its buckets only when they hold nothing. */
export async function emptyBucket(bucket: string): Promise<void> {
  const client = makeS3Client();
  for (;;) {
    const page = await client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    if (found.length === 0) return;
    const Objects = found.map(({ Key, VersionId }) => ({ Key, VersionId }));
    const command = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } });
    const { Errors = [] } = await client.send(command);
    if (Errors.length > 0) throw new Error(`${bucket}: ${Errors[0].Message}`);
  }
}

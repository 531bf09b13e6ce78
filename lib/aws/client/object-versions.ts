import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { type AwsCall, asked } from '../../../lambdas/shared/adapters/aws/aws-errors.ts';
import { assert, TerminalError } from '../../../lambdas/shared/model/errors.ts';

/** S3 copies no more in one request. */
const COPY_BYTES_MAX = 5 * 1024 ** 3;
const PART_BYTES = 1024 ** 3;

/** A bucket that keeps versions. */
export interface VersionedBucket {
  readonly client: S3Client;
  readonly bucket: string;
  /** Larger objects are copied in parts. For tests. @default S3's 5 GiB and parts of 1 GiB */
  readonly copySizes?: { readonly maxBytes: number; readonly partBytes: number };
}

/** One version of an object, or the mark of its deletion. */
export interface ObjectVersion {
  readonly key: string;
  readonly versionId: string;
  readonly modifiedAtMs: number;
  /** What readers see. */
  readonly isCurrent: boolean;
  /** Null: it was deleted then. */
  readonly content: { readonly etag: string; readonly sizeBytes: number } | null;
}

const PERMISSION = 's3:ListBucketVersions, s3:GetObjectVersion and s3:PutObject';

/** All versions and deletion marks that the bucket keeps of one key, newest first. */
export async function versionsOf(place: VersionedBucket, key: string): Promise<ObjectVersion[]> {
  const versions: ObjectVersion[] = [];
  let markers: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
  for (;;) {
    const input = { Bucket: place.bucket, Prefix: key, EncodingType: 'url' as const, ...markers };
    const page = await asked(callOn(place, key, 'list versions of'), () =>
      place.client.send(new ListObjectVersionsCommand(input)),
    );
    versions.push(...versionsOn(page).filter((version) => version.key === key));
    const { NextKeyMarker: next, NextVersionIdMarker: VersionIdMarker } = page;
    // Keys come in order, and longer ones after those that they begin with.
    const isPast = next !== undefined && decodeURIComponent(next) !== key;
    if (page.IsTruncated !== true || isPast) break;
    markers = { KeyMarker: next, VersionIdMarker };
  }
  return versions.sort((a, b) => Number(b.isCurrent) - Number(a.isCurrent) || newer(a, b));
}

function newer(a: ObjectVersion, b: ObjectVersion): number {
  return b.modifiedAtMs - a.modifiedAtMs;
}

function versionsOn({ Versions = [], DeleteMarkers = [] }: ListObjectVersionsCommandOutput) {
  const common = ({ Key, VersionId, LastModified, IsLatest }: (typeof DeleteMarkers)[number]) => ({
    key: decodeURIComponent((Key ?? '').replaceAll('+', ' ')),
    versionId: VersionId ?? 'null',
    modifiedAtMs: LastModified?.getTime() ?? 0,
    isCurrent: IsLatest === true,
  });
  return [
    ...Versions.map((version) => ({
      ...common(version),
      content: { etag: version.ETag ?? '', sizeBytes: version.Size ?? 0 },
    })),
    ...DeleteMarkers.map((mark) => ({ ...common(mark), content: null })),
  ];
}

/**
 * Chooses the version to bring back. Given an instant: what readers saw just before it. Otherwise
 * the last content of a deleted object, or the previous content of a replaced one. Throws
 * `TerminalError` `version_not_found`.
 */
export function versionToRestore(
  key: string,
  versions: readonly ObjectVersion[],
  beforeMs: number | null,
): ObjectVersion {
  const current = versions.find(({ isCurrent }) => isCurrent);
  const found =
    beforeMs === null
      ? versions.find(({ content }) => content !== null && content.etag !== current?.content?.etag)
      : versions.find(({ modifiedAtMs }) => modifiedAtMs < beforeMs);
  if (found?.content) return found;
  const kept = versions.length === 0 ? 'the bucket keeps no version of it' : 'none matches';
  const advice =
    'npx tandem restore --dry-run lists the kept versions; they expire after aws.keepVersionsFor';
  throw new TerminalError(
    'version_not_found',
    `no version of ${key} to restore: ${kept}; ${advice}`,
  );
}

/**
 * Makes a version current again by copying it: nothing is removed, and upload notifications fire.
 * Throws `TerminalError` and `RetryableError` as S3 answers; then nothing has changed.
 */
export async function restoreVersion(
  place: VersionedBucket,
  { key, versionId, content }: ObjectVersion,
): Promise<void> {
  assert(content !== null, 'a deletion has nothing to restore');
  const { client, bucket: Bucket, copySizes } = place;
  const encoded = key.split('/').map(encodeURIComponent).join('/');
  const CopySource = `${Bucket}/${encoded}?versionId=${encodeURIComponent(versionId)}`;
  const { maxBytes, partBytes } = copySizes ?? { maxBytes: COPY_BYTES_MAX, partBytes: PART_BYTES };
  await asked(callOn(place, key, 'restore'), async () => {
    const target = { Bucket, Key: key, ...(await headersOf(place, key, versionId)) };
    if (content.sizeBytes <= maxBytes) {
      // An emulator takes no copy of an object over itself in which nothing is another.
      const MetadataDirective = 'REPLACE';
      await client.send(new CopyObjectCommand({ ...target, CopySource, MetadataDirective }));
      return;
    }
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
    const upload = { Bucket, Key: key, UploadId };
    try {
      const Parts: CompletedPart[] = [];
      for (let start = 0; start < content.sizeBytes; start += partBytes) {
        const end = Math.min(start + partBytes, content.sizeBytes) - 1;
        const PartNumber = Parts.length + 1;
        const part = {
          ...upload,
          CopySource,
          PartNumber,
          CopySourceRange: `bytes=${start}-${end}`,
        };
        const { CopyPartResult } = await client.send(new UploadPartCopyCommand(part));
        Parts.push({ PartNumber, ETag: CopyPartResult?.ETag });
      }
      await client.send(
        new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }),
      );
    } catch (error) {
      // The error says more than that parts are left; the bucket's rule removes those.
      await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
      throw error;
    }
  });
}

/** Headers that keep a version's description, and record which version the copy came from. */
async function headersOf({ client, bucket }: VersionedBucket, key: string, versionId: string) {
  const command = new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId });
  const { ContentType, ContentEncoding, ContentDisposition, ContentLanguage, ...head } =
    await client.send(command);
  return {
    ...{ ContentType, ContentEncoding, ContentDisposition, ContentLanguage },
    CacheControl: head.CacheControl,
    Metadata: { ...head.Metadata, 'restored-from': versionId },
  };
}

function callOn({ bucket }: VersionedBucket, key: string, action: string): AwsCall {
  const what = `${action} ${JSON.stringify(key)} of bucket ${bucket}`;
  return { what, resource: `bucket ${bucket}`, permission: PERMISSION };
}

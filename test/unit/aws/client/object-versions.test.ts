import { describe, expect, it } from 'vitest';
import { makeS3Client } from '../../../../lambdas/shared/adapters/aws/clients.ts';
import {
  type ObjectVersion,
  restoreVersion,
  versionsOf,
  versionToRestore,
} from '../../../../lib/aws/client/object-versions.ts';
import { type Script, StubbedAws, xmlError } from '../../../support/stubbed-aws.ts';

const KEY = 'orders/a b.csv';

function placeOf(...script: Script) {
  const aws = new StubbedAws(script);
  const client = makeS3Client({ endpoint: 'http://127.0.0.1:1' }, aws.config);
  return { aws, place: { client, bucket: 'landing' } };
}

function page(entries: string, next = ''): { status: number; body: string } {
  return { status: 200, body: `<ListVersionsResult>${next}${entries}</ListVersionsResult>` };
}

function version(id: string, second: number, isCurrent = false, key = 'orders/a%20b.csv') {
  return (
    `<Version><Key>${key}</Key><VersionId>${id}</VersionId><IsLatest>${isCurrent}</IsLatest>` +
    `<LastModified>2026-01-01T00:00:0${second}Z</LastModified><ETag>"${id}"</ETag>` +
    '<Size>3</Size></Version>'
  );
}

const DELETED =
  '<DeleteMarker><Key>orders/a%20b.csv</Key><VersionId>d</VersionId><IsLatest>true</IsLatest>' +
  '<LastModified>2026-01-01T00:00:09Z</LastModified></DeleteMarker>';

describe('versions of an object', () => {
  it('come newest first, deletions among them, those of longer keys left out', async () => {
    const more =
      '<IsTruncated>true</IsTruncated><NextKeyMarker>orders/a%20b.csv</NextKeyMarker>' +
      '<NextVersionIdMarker>v2</NextVersionIdMarker>';
    const { aws, place } = placeOf(
      page(DELETED + version('v2', 2), more),
      page(version('v1', 1) + version('x', 5, true, 'orders/a%20b.csv.gz')),
    );

    const found = await versionsOf(place, KEY);

    expect(found.map(({ versionId, content }) => [versionId, content?.etag ?? null])).toEqual([
      ['d', null],
      ['v2', '"v2"'],
      ['v1', '"v1"'],
    ]);
    expect(aws.requests[1].query).toMatchObject({
      'key-marker': 'orders/a%20b.csv',
      'version-id-marker': 'v2',
    });
  });

  it('say which permission is missing', async () => {
    const { place } = placeOf(xmlError(403, 'AccessDenied'));
    await expect(versionsOf(place, KEY)).rejects.toMatchObject({
      code: 'access_denied',
      message: expect.stringContaining('s3:ListBucketVersions'),
    });
  });
});

describe('the version to restore', () => {
  const at = (modifiedAtMs: number, etag: string | null, isCurrent = false): ObjectVersion => ({
    key: KEY,
    versionId: `v${modifiedAtMs}`,
    modifiedAtMs,
    isCurrent,
    content: etag === null ? null : { etag, sizeBytes: 3 },
  });
  const replaced = [at(4, 'b', true), at(3, 'b'), at(2, 'a'), at(1, 'x')];
  const deleted = [at(4, null, true), at(3, 'b'), at(2, null), at(1, 'a')];

  it.each([
    ['of an object that was replaced is the content before', replaced, null, 2],
    ['of one that was deleted is the last content', deleted, null, 3],
    ['before an instant is what readers saw then', replaced, 2, 1],
    ['may be the current one', replaced, 5, 4],
  ])('%s', (_, versions, beforeMs, modifiedAtMs) => {
    expect(versionToRestore(KEY, versions, beforeMs).modifiedAtMs).toBe(modifiedAtMs);
  });

  it.each([
    ['there was none then', replaced, 1, 'none matches'],
    ['it was deleted then', deleted, 3, 'none matches'],
    ['it has always been the same', [at(1, 'a', true)], null, 'none matches'],
    ['the bucket keeps none', [], null, 'the bucket keeps no version of it'],
  ])('is none where %s', (_, versions, beforeMs, reason) => {
    expect(() => versionToRestore(KEY, versions, beforeMs)).toThrow(
      expect.objectContaining({
        code: 'version_not_found',
        message: expect.stringContaining(reason),
      }),
    );
  });
});

describe('restoring', () => {
  const old: ObjectVersion = {
    key: KEY,
    versionId: 'v+1',
    modifiedAtMs: 1,
    isCurrent: false,
    content: { etag: '"a"', sizeBytes: 12 },
  };

  const SAME = { 'content-type': 'text/csv', 'content-encoding': 'gzip', 'x-amz-meta-by': 'shop' };
  const HEAD = { status: 200, headers: SAME };

  it('copies the version over the object', async () => {
    const { aws, place } = placeOf(HEAD, { status: 200, body: '<CopyObjectResult/>' });
    await restoreVersion(place, old);
    expect(aws.requests[0].query).toEqual({ versionId: 'v+1' });
    expect(aws.requests[1].headers).toMatchObject(SAME);
    expect(aws.requests[1]).toMatchObject({ method: 'PUT', path: '/landing/orders/a%20b.csv' });
    expect(aws.requests[1].headers['x-amz-copy-source']).toBe(
      'landing/orders/a%20b.csv?versionId=v%2B1',
    );
  });

  it('copies in parts what is too large for one request, and leaves none where one fails', async () => {
    const copySizes = { maxBytes: 10, partBytes: 5 };
    const part = (n: number) => ({
      status: 200,
      body: `<CopyPartResult><ETag>"p${n}"</ETag></CopyPartResult>`,
    });
    const begun = {
      status: 200,
      body: '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>',
    };
    const done = { status: 200, body: '<CompleteMultipartUploadResult/>' };
    const whole = placeOf(HEAD, begun, part(1), part(2), part(3), done);
    await restoreVersion({ ...whole.place, copySizes }, old);
    expect(whole.aws.requests[1].headers).toMatchObject(SAME);
    const ranges = whole.aws.requests.map(({ headers }) => headers['x-amz-copy-source-range']);
    expect(ranges.filter(Boolean)).toEqual(['bytes=0-4', 'bytes=5-9', 'bytes=10-11']);

    const failing = placeOf(HEAD, begun, xmlError(403, 'AccessDenied'), { status: 204 });
    await expect(restoreVersion({ ...failing.place, copySizes }, old)).rejects.toMatchObject({
      code: 'access_denied',
    });
    expect(failing.aws.requests.at(-1)).toMatchObject({
      method: 'DELETE',
      query: { uploadId: 'u' },
    });
  });
});

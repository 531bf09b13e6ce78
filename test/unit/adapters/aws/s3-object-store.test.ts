import { describe, expect, it } from 'vitest';
import {
  ObjectNotFoundError,
  ObjectUnreadableError,
  PreconditionFailedError,
  RetryableError,
  TerminalError,
} from '../../../../lambdas/shared/model/errors.ts';
import {
  bare,
  broken,
  type Script,
  type StubAnswer,
  xmlError,
} from '../../../support/stubbed-aws.ts';
import { openS3 } from './open-s3.ts';

const BODY = new TextEncoder().encode('body');
const stored = (etag = '"new"'): StubAnswer => bare(200, { etag });
const exists = { ifNoneMatch: true } as const;

const putOn = (...script: Script) => openS3(...script).store.put('a/b', BODY, exists);

describe('a put with a condition', () => {
  it('sends it along with a checksum of the body', async () => {
    const { aws, store } = openS3(stored(), stored());
    await store.put('a b/ü', BODY, { ifMatch: '"old"' });
    await store.put('a', BODY, exists);

    const [first, second] = aws.requests;
    expect(first).toMatchObject({ method: 'PUT', path: '/lake/a%20b/%C3%BC', body: 'body' });
    expect(first.headers).toMatchObject({
      'if-match': '"old"',
      'x-amz-checksum-crc32': '26gLsg==',
    });
    expect(second.headers).toMatchObject({ 'if-none-match': '*' });
  });

  it('is repeated where another writer is at the key (409)', async () => {
    const { aws, store } = openS3(
      ...[xmlError(409, 'ConditionalRequestConflict'), xmlError(409, 'OperationAborted'), stored()],
    );

    expect(await store.put('a', BODY, exists)).toEqual({ etag: '"new"' });
    expect(aws.requests).toHaveLength(3);
  });

  it('fails when other writers stay at the key', async () => {
    const script = Array.from({ length: 8 }, () => xmlError(409, 'ConditionalRequestConflict'));
    await expect(putOn(...script)).rejects.toThrow(RetryableError);
  });

  it('fails at once when the condition does not hold (412)', async () => {
    await expect(putOn(xmlError(412, 'PreconditionFailed'))).rejects.toThrow(
      PreconditionFailedError,
    );
  });

  it('fails when the object that is to be replaced does not exist', async () => {
    const { store } = openS3(xmlError(404, 'NoSuchKey'));
    await expect(store.put('a', BODY, { ifMatch: '"old"' })).rejects.toThrow(
      PreconditionFailedError,
    );
  });

  it('knows its own object again after its answer was lost', async () => {
    const { aws, store } = openS3(broken(), xmlError(412, 'PreconditionFailed'), () =>
      bare(200, {
        etag: '"own"',
        'x-amz-meta-write-id': aws.requests[0].headers['x-amz-meta-write-id'],
      }),
    );

    expect(await store.put('a', BODY, exists)).toEqual({ etag: '"own"' });
    expect(aws.requests.map(({ method }) => method)).toEqual(['PUT', 'PUT', 'HEAD']);
  });

  it('tells the object of another writer from its own', async () => {
    const other = bare(200, { etag: '"x"', 'x-amz-meta-write-id': 'other' });
    await expect(putOn(broken(), xmlError(412, 'PreconditionFailed'), other)).rejects.toThrow(
      PreconditionFailedError,
    );
    await expect(putOn(broken(), xmlError(412, 'PreconditionFailed'), bare(404))).rejects.toThrow(
      PreconditionFailedError,
    );
  });

  it('is repeated after a failure of the service', async () => {
    expect(await putOn(xmlError(500, 'InternalError'), stored())).toEqual({ etag: '"new"' });
    const script = Array.from({ length: 8 }, () => xmlError(500, 'InternalError'));
    await expect(putOn(...script)).rejects.toThrow(RetryableError);
  });
});

describe('an error', () => {
  it.each([
    ['SlowDown', xmlError(503, 'SlowDown')],
    ['no connection', broken('ECONNREFUSED')],
  ])('is retryable after %s', async (_name, answer) => {
    const { store } = openS3(answer, answer);
    await expect(store.get('a')).rejects.toThrow(RetryableError);
    await expect(store.put('a', BODY)).rejects.toThrow(RetryableError);
  });

  it('is retryable after a read whose answer is lost', async () => {
    for (const answer of [broken(), xmlError(500, 'InternalError'), bare(503)]) {
      await expect(openS3(answer).store.get('a')).rejects.toThrow(RetryableError);
      await expect(openS3(answer).store.head('a')).rejects.toThrow(RetryableError);
    }
  });

  it('names bucket and permission where it is not allowed', async () => {
    const denied = xmlError(403, 'AccessDenied');
    const { store } = openS3(denied, denied, bare(403), denied, denied);

    await expect(store.get('a')).rejects.toThrow(/read "a" of bucket lake.*allow s3:GetObject/);
    await expect(store.put('a', BODY)).rejects.toThrow('allow s3:PutObject on bucket lake');
    await expect(store.head('a')).rejects.toThrow(TerminalError);
    await expect(store.delete(['a'])).rejects.toThrow('allow s3:DeleteObject on bucket lake');
    await expect(store.list('')[Symbol.asyncIterator]().next()).rejects.toThrow(
      'allow s3:ListBucket on bucket lake',
    );
  });

  it.each([
    [
      xmlError(403, 'InvalidObjectState', 'No', '<StorageClass>GLACIER</StorageClass>'),
      'object_archived',
      'object_archived: GLACIER; restore it first',
    ],
    [
      xmlError(
        403,
        'InvalidObjectState',
        'No',
        '<StorageClass>INTELLIGENT_TIERING</StorageClass><AccessTier>ARCHIVE_ACCESS</AccessTier>',
      ),
      'object_archived',
      'object_archived: INTELLIGENT_TIERING ARCHIVE_ACCESS; restore it first',
    ],
    [
      xmlError(403, 'AccessDenied', 'Access Denied'),
      'access_denied',
      'access_denied: Access Denied',
    ],
    [
      xmlError(403, 'AccessDenied', 'User x is not authorized to perform: kms:Decrypt'),
      'access_denied',
      'access_denied: User x is not authorized to perform: kms:Decrypt',
    ],
    [
      xmlError(400, 'KMS.DisabledException', 'arn:aws:kms:k is disabled.'),
      'access_denied',
      'access_denied: arn:aws:kms:k is disabled.',
    ],
    [
      xmlError(
        400,
        'InvalidRequest',
        'The object was stored using a form of Server Side Encryption',
      ),
      'access_denied',
      'access_denied: The object was stored using a form of Server Side Encryption',
    ],
  ])(
    'tells an object that it may not read from a store that it may not use: %#',
    async (answer, code, reason) => {
      const failure = await openS3(answer)
        .store.get('orders/a.csv')
        .catch((error: unknown) => error);

      expect(failure).toBeInstanceOf(ObjectUnreadableError);
      expect(failure).toMatchObject({ name: 'TerminalError', code, reason });
    },
  );

  it('fails as a whole when it is not known who asks, and tries again when KMS is busy', async () => {
    for (const name of ['ExpiredToken', 'InvalidAccessKeyId', 'SignatureDoesNotMatch']) {
      const failure = await openS3(xmlError(403, name))
        .store.get('a')
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'access_denied' });
      expect(failure).not.toBeInstanceOf(ObjectUnreadableError);
    }
    for (const name of ['KMS.ThrottlingException', 'KMS.KMSInternalException']) {
      await expect(openS3(xmlError(400, name)).store.get('a')).rejects.toThrow(RetryableError);
    }
  });

  it('names the permission of the key where the key is what is denied', async () => {
    const said = 'User x is not authorized to perform: kms:Decrypt';
    await expect(openS3(xmlError(403, 'AccessDenied', said)).store.get('a')).rejects.toThrow(
      'allow kms:Decrypt on the KMS key that encrypts the object',
    );
  });

  it('names the bucket that does not exist, after a HEAD too', async () => {
    const none = xmlError(404, 'NoSuchBucket');
    await expect(openS3(none).store.get('a')).rejects.toThrow('no bucket lake');
    await expect(openS3(none).store.put('a', BODY, exists)).rejects.toThrow('no bucket lake');
    await expect(openS3(bare(404), bare(404)).store.head('a')).rejects.toThrow('no bucket lake');
  });

  it('asks for the bucket once only', async () => {
    const { aws, store } = openS3(bare(404), bare(200), bare(404));

    expect([await store.head('a'), await store.head('b')]).toEqual([null, null]);
    expect(aws.requests).toHaveLength(3);
  });

  it('says that the bucket is in another region', async () => {
    await expect(openS3(xmlError(301, 'PermanentRedirect')).store.get('a')).rejects.toThrow(
      'not in the region of AWS_REGION',
    );
  });
});

describe('a read', () => {
  const part = (body: StubAnswer['body'], sizeBytes: number, status = 200): StubAnswer => ({
    status,
    headers: { 'content-length': `${sizeBytes}`, etag: '"v1"' },
    body: body ?? '',
  });
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

  it('goes on where the connection broke, of the same version', async () => {
    const { aws, store } = openS3(
      part(['0123', broken()], 10),
      part(['45', broken()], 6, 206),
      part('6789', 4, 206),
    );

    expect(text(await store.get('a'))).toBe('0123456789');
    expect(aws.requests.map(({ headers }) => headers.range)).toEqual([
      undefined,
      'bytes=4-9',
      'bytes=6-9',
    ]);
    expect(aws.requests.map(({ headers }) => headers['if-match'])).toEqual([
      undefined,
      '"v1"',
      '"v1"',
    ]);
  });

  it('goes on within its range', async () => {
    const { aws, store } = openS3(part(['23', broken()], 4, 206), part('45', 2, 206));
    const target = new Uint8Array(6);

    const range = { startByte: 2, endByte: 6 };
    expect(await store.getInto('a', target, { range })).toBe(4);
    expect(text(target)).toBe('2345\0\0');
    expect(aws.requests.map(({ headers }) => headers.range)).toEqual(['bytes=2-5', 'bytes=4-5']);
  });

  it('fails when the object changed while it was read', async () => {
    const script = [part(['01', broken()], 4), xmlError(412, 'PreconditionFailed')];
    await expect(openS3(...script).store.get('a')).rejects.toThrow('changed while it was read');
    await expect(openS3(...script).store.get('a', { ifMatch: '"v1"' })).rejects.toThrow(
      PreconditionFailedError,
    );
  });

  it('fails when the connection breaks again and again', async () => {
    const dead = part([broken()], 4);
    await expect(openS3(dead, dead, dead, dead).store.get('a')).rejects.toThrow(RetryableError);
  });

  it('fails when less comes than was announced, again and again', async () => {
    const short = part('', 4);
    await expect(openS3(short, short, short, short).store.get('a')).rejects.toThrow(RetryableError);
  });

  it('fails when the bytes have another checksum', async () => {
    const wrong = part('body', 4);
    const headers = { ...wrong.headers, 'x-amz-checksum-crc32': 'AAAAAA==' };
    await expect(openS3({ ...wrong, headers }).store.get('a')).rejects.toThrow(RetryableError);
  });

  it('is empty behind the end of the object', async () => {
    const { store } = openS3(xmlError(416, 'InvalidRange'));
    expect(await store.get('a', { range: { startByte: 9, endByte: 12 } })).toHaveLength(0);
  });

  it('asks for the object where its range is empty', async () => {
    const range = { startByte: 3, endByte: 3 };
    const { store } = openS3(
      bare(200, { etag: '"v1"', 'content-length': '10' }),
      bare(404),
      bare(200),
    );

    expect(await store.get('a', { range })).toHaveLength(0);
    await expect(store.get('a', { range })).rejects.toThrow(ObjectNotFoundError);
  });
});

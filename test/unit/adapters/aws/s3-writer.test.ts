import { expect, it } from 'vitest';
import {
  PreconditionFailedError,
  RetryableError,
} from '../../../../lambdas/shared/model/errors.ts';
import {
  bare,
  broken,
  type SentRequest,
  type StubAnswer,
  xmlError,
} from '../../../support/stubbed-aws.ts';
import { openS3 } from './open-s3.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const begun: StubAnswer = {
  status: 200,
  body: '<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>',
};
const part = (number: number): StubAnswer =>
  bare(200, { etag: `"part-${number}"`, 'x-amz-checksum-crc32': 'AAAAAA==' });
const done: StubAnswer = {
  status: 200,
  body: '<CompleteMultipartUploadResult><ETag>"whole-2"</ETag></CompleteMultipartUploadResult>',
};
const aborted = bare(204);
/** `POST ?uploads`, `PUT ?partNumber=1`, … */
const callOf = ({ method, query }: SentRequest): string => {
  const { partNumber } = query;
  return `${method}${partNumber === undefined ? '' : ` ${partNumber}`}`;
};

it('puts an object that is smaller than a part by one request', async () => {
  const { aws, store } = openS3(bare(200, { etag: '"one"' }));
  const writer = store.openWriter('a');
  await writer.write(bytes('123'));
  await writer.write(bytes('4567'));

  expect(await writer.commit({ ifNoneMatch: true })).toEqual({ etag: '"one"' });
  expect(aws.requests).toHaveLength(1);
  expect(aws.requests[0]).toMatchObject({ method: 'PUT', body: '1234567' });
  expect(aws.requests[0].headers['if-none-match']).toBe('*');
});

it('uploads full parts as they come, and names them with their checksums at the end', async () => {
  const { aws, store } = openS3(begun, part(1), part(2), part(3), done);
  const writer = store.openWriter('a');
  await writer.write(bytes('12345678abcdefghABC'));

  expect(await writer.commit({ ifMatch: '"old"' })).toEqual({ etag: '"whole-2"' });

  expect(aws.requests.map(callOf)).toEqual(['POST', 'PUT 1', 'PUT 2', 'PUT 3', 'POST']);
  expect(aws.requests[0].headers['x-amz-checksum-algorithm']).toBe('CRC32');
  const parts = aws.requests.slice(1, 4);
  expect(parts.map(({ body }) => body)).toEqual(['12345678', 'abcdefgh', 'ABC']);
  expect(parts.every(({ headers }) => headers['x-amz-checksum-crc32'] !== undefined)).toBe(true);
  const last = aws.requests[4];
  expect(last.headers['if-match']).toBe('"old"');
  expect(last.body).toContain('<PartNumber>3</PartNumber>');
  expect(last.body).toContain('<ChecksumCRC32>AAAAAA==</ChecksumCRC32>');
});

it('takes the bytes before its caller goes on', async () => {
  const { aws, store } = openS3(begun, part(1), part(2), done);
  const writer = store.openWriter('a');
  const piece = bytes('12345678');
  await writer.write(piece);
  piece.fill(0x78);
  await writer.write(bytes('9'));
  await writer.commit();

  expect(aws.requests.slice(1, 3).map(({ body }) => body)).toEqual(['12345678', '9']);
});

it('removes its parts when the condition does not hold', async () => {
  const { aws, store } = openS3(
    ...[begun, part(1), part(2), xmlError(412, 'PreconditionFailed'), aborted],
  );
  const writer = store.openWriter('a');
  await writer.write(bytes('12345678abc'));

  await expect(writer.commit({ ifNoneMatch: true })).rejects.toThrow(PreconditionFailedError);
  await writer.abort();

  expect(aws.requests.map(callOf)).toEqual(['POST', 'PUT 1', 'PUT 2', 'POST', 'DELETE']);
  expect(aws.requests[4].query).toMatchObject({ uploadId: 'u1' });
});

it('removes its parts when one of them fails', async () => {
  const { aws, store } = openS3(begun, part(1), xmlError(503, 'SlowDown'), aborted);
  const writer = store.openWriter('a');
  await writer.write(bytes('12345678abc'));

  await expect(writer.commit()).rejects.toThrow(RetryableError);
  expect(aws.requests.map(callOf).at(-1)).toBe('DELETE');
});

it('fails a write when an earlier part has failed, and removes the parts by abort', async () => {
  const { aws, store } = openS3(begun, xmlError(503, 'SlowDown'), part(2), aborted);
  const writer = store.openWriter('a');

  const write = async (): Promise<void> => {
    for (let i = 0; i < 3; i++) await writer.write(bytes('12345678'));
  };
  await expect(write()).rejects.toThrow(RetryableError);
  await writer.abort();
  await writer.abort();

  expect(aws.requests.map(callOf)).toEqual(['POST', 'PUT 1', 'PUT 2', 'DELETE']);
});

it('has nothing to remove where no part was sent', async () => {
  const { aws, store } = openS3();
  const writer = store.openWriter('a');
  await writer.write(bytes('123'));
  await writer.abort();

  expect(aws.requests).toEqual([]);
});

it('knows its own object again after the answer to the last request was lost', async () => {
  for (const later of [xmlError(404, 'NoSuchUpload'), xmlError(412, 'PreconditionFailed')]) {
    const { aws, store } = openS3(begun, part(1), part(2), broken(), later, () =>
      bare(200, {
        etag: '"own"',
        'x-amz-meta-write-id': aws.requests[0].headers['x-amz-meta-write-id'],
      }),
    );
    const writer = store.openWriter('a');
    await writer.write(bytes('12345678abc'));

    expect(await writer.commit({ ifNoneMatch: true })).toEqual({ etag: '"own"' });
    expect(aws.requests.map(({ method }) => method).slice(3)).toEqual(['POST', 'POST', 'HEAD']);
  }
});

it('fails when a conflict has ended the upload, so that the object is written anew', async () => {
  const { store } = openS3(
    ...[begun, part(1), part(2), xmlError(409, 'ConditionalRequestConflict')],
    ...[xmlError(404, 'NoSuchUpload'), xmlError(404, 'NoSuchUpload')],
  );
  const writer = store.openWriter('a');
  await writer.write(bytes('12345678abc'));

  await expect(writer.commit({ ifNoneMatch: true })).rejects.toThrow(RetryableError);
});

it('takes an error in an answer of 200 for one', async () => {
  const late: StubAnswer = {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: '<Error><Code>InternalError</Code><Message>late</Message></Error>',
  };
  const { aws, store } = openS3(begun, part(1), part(2), late, done);
  const writer = store.openWriter('a');
  await writer.write(bytes('12345678abc'));

  expect(await writer.commit()).toEqual({ etag: '"whole-2"' });
  expect(aws.requests).toHaveLength(5);
});

import { expect, it } from 'vitest';
import { RetryableError } from '../../../../lambdas/shared/model/errors.ts';
import { keysOf } from '../../../contract/store-facts.ts';
import type { StubAnswer } from '../../../support/stubbed-aws.ts';
import { openS3 } from './open-s3.ts';

const object = (key: string, sizeBytes = 1): string =>
  `<Contents><Key>${key}</Key><ETag>&quot;e&quot;</ETag><Size>${sizeBytes}</Size>` +
  '<LastModified>2026-01-10T00:00:00.000Z</LastModified></Contents>';
const page = (objects: string[], next = ''): StubAnswer => ({
  status: 200,
  body:
    `<ListBucketResult>${objects.join('')}` +
    `${next && `<NextContinuationToken>${next}</NextContinuationToken>`}</ListBucketResult>`,
});
const deleted = (...errors: [string, string][]): StubAnswer => ({
  status: 200,
  body: `<DeleteResult>${errors
    .map(([key, code]) => `<Error><Key>${key}</Key><Code>${code}</Code></Error>`)
    .join('')}</DeleteResult>`,
});

it('lists all pages and reads keys out of their encoding', async () => {
  const { aws, store } = openS3(
    page([object('a+b%2Bc'), object('tab%09%0A')], 'more+/='),
    page([]),
  );

  expect(await keysOf(store, 'x/')).toEqual(['a b+c', 'tab\t\n']);
  expect(aws.requests.map(({ query }) => query)).toMatchObject([
    { 'encoding-type': 'url', prefix: 'x/' },
    { 'encoding-type': 'url', prefix: 'x/', 'continuation-token': 'more+/=' },
  ]);
});

it('goes on behind a page that is empty', async () => {
  const { store } = openS3(page([], 'next'), page([object('a')]));
  expect(await keysOf(store)).toEqual(['a']);
});

it('passes over marks of folders, and takes any other key as it is', async () => {
  const odd = ['orders//x.csv', 'orders/../x.csv', 'orders/a.csv/', '/x', 'x%00'];
  const { store } = openS3(page([object('orders/', 0), object('b'), ...odd.map((k) => object(k))]));

  expect(await keysOf(store)).toEqual([
    'b',
    'orders//x.csv',
    'orders/../x.csv',
    'orders/a.csv/',
    '/x',
    'x\0',
  ]);
});

it('fails when a key is no UTF-8, and names it', async () => {
  await expect(keysOf(openS3(page([object('orders/%FF.csv')])).store)).rejects.toThrow(
    'bucket lake: key orders/%FF.csv is not UTF-8; rename or remove the object',
  );
});

it('asks for a key that is no path by exactly that key', async () => {
  const found = { status: 200, headers: { 'content-length': '1', etag: '"e"' }, body: 'x' };
  const keys = ['orders//x.csv', 'orders/./x.csv', 'orders/../x.csv', '/x', 'x/', '../x'];
  const { aws, store } = openS3(...keys.map(() => found));

  for (const key of keys) await store.get(key);

  expect(aws.requests.map(({ path }) => path)).toEqual([
    '/lake/orders//x.csv',
    '/lake/orders/./x.csv',
    '/lake/orders/../x.csv',
    '/lake//x',
    '/lake/x/',
    '/lake/../x',
  ]);
});

it('deletes a thousand keys by one request, each once', async () => {
  const { aws, store } = openS3(deleted(), deleted(), deleted());
  const keys = Array.from({ length: 2_001 }, (_, i) => `k/${i}`);

  await store.delete([...keys, 'k/0', 'k/2000']);

  const counts = aws.requests.map(({ body }) => body.split('<Key>').length - 1);
  expect(counts).toEqual([1_000, 1_000, 1]);
});

it('deletes again what S3 put off, and nothing else', async () => {
  const { aws, store } = openS3(deleted(['b', 'SlowDown'], ['c', 'InternalError']), deleted());
  await store.delete(['a', 'b', 'c']);

  expect(aws.requests[1].body).toContain('<Key>b</Key>');
  expect(aws.requests[1].body).not.toContain('<Key>a</Key>');
});

it('fails when S3 puts a key off again and again, or does not allow it', async () => {
  const script = Array.from({ length: 5 }, () => deleted(['a', 'SlowDown']));
  await expect(openS3(...script).store.delete(['a'])).rejects.toThrow(RetryableError);
  await expect(openS3(deleted(['a', 'AccessDenied'])).store.delete(['a'])).rejects.toThrow(
    'delete "a" of bucket lake: AccessDenied: : allow s3:DeleteObject on bucket lake',
  );
});

it('deletes a key that XML cannot hold by a request of its own', async () => {
  const { aws, store } = openS3({ status: 204 }, { status: 204 }, deleted());
  await store.delete(['a', 'b\u0001', 'c\0']);

  expect(aws.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'DELETE /lake/b%01',
    'DELETE /lake/c%00',
    'POST /lake/',
  ]);
});

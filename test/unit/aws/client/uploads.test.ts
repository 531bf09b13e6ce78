import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeS3Client } from '../../../../lambdas/shared/adapters/aws/clients.ts';
import { S3ObjectStore } from '../../../../lambdas/shared/adapters/aws/s3-object-store.ts';
import { DEFAULT_CONFIG } from '../../../../lambdas/shared/model/config.ts';
import {
  hasContent,
  isSameContent,
  UPLOAD_PART_BYTES,
} from '../../../../lib/aws/client/content-etag.ts';
import { findUploads } from '../../../../lib/aws/client/find-uploads.ts';
import { UploadTally, uploadFiles } from '../../../../lib/aws/client/upload-files.ts';
import { ordersCsv } from '../../../support/batch-runs.ts';
import { orderLine } from '../../../support/small-landing.ts';
import {
  bare,
  type Script,
  StubbedAws,
  skippingClock,
  xmlError,
} from '../../../support/stubbed-aws.ts';

const ORDERS = ordersCsv([orderLine('o1')]);
/** MD5 of it. */
const ORDERS_MD5 = '34a34068c45bb69ff230d56b8a24abad';
const PRODUCTS = 'product_id,product_name,category,brand,list_price\np1,Tea,Drink,Alder,1\n';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-upload-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const keysOf = async (...paths: string[]) =>
  (await findUploads(paths, DEFAULT_CONFIG)).files.map(({ targetKey }) => targetKey);

describe('findUploads', () => {
  it('keeps the folders of a landing zone, and passes over what batch does', async () => {
    write('orders/2026/a.csv', ORDERS);
    write('orders/.b.csv', ORDERS);
    write('orders/_old/c.csv', ORDERS);
    write('orders/notes.txt', 'no');
    write('products/p.csv.gz', PRODUCTS);
    write('archive/x.csv', ORDERS);
    write('README.md', 'no');

    const { files, passedOver } = await findUploads([folder], DEFAULT_CONFIG);

    expect(files.map(({ targetKey }) => targetKey)).toEqual([
      'orders/2026/a.csv',
      'orders/notes.txt',
      'products/p.csv.gz',
    ]);
    expect(passedOver).toEqual(
      ['README.md', 'archive/', 'orders/.b.csv', 'orders/_old/c.csv'].map((name) =>
        join(folder, name),
      ),
    );
  });

  it('takes one of these folders by itself', async () => {
    write('orders/a.csv', ORDERS);
    write('products/p.csv', PRODUCTS);
    expect(await keysOf(join(folder, 'products'))).toEqual(['products/p.csv']);
  });

  it('keeps the place of a file below them, and puts any other below orders/', async () => {
    const inPlace = write('products/p.csv', PRODUCTS);
    const elsewhere = write('january.csv', ORDERS);
    expect(await keysOf(inPlace, elsewhere)).toEqual(['orders/january.csv', 'products/p.csv']);
  });

  it.each([
    ['there is no such path', 'none.csv', 'no file or folder'],
    [
      'a folder has nothing of it',
      '.',
      'has no file to read below orders/, customers/, products/; it has ',
    ],
    ['a name would be passed over', '_a.csv', 'would not be read: names that begin with . or _'],
  ])('fails when %s', async (_, name, message) => {
    write('_a.csv', ORDERS);
    await expect(keysOf(join(folder, name))).rejects.toThrow(message);
  });

  it('fails when two files would become one object', async () => {
    const paths = [write('x/a.csv', ORDERS), write('y/a.csv', ORDERS)];
    await expect(keysOf(...paths)).rejects.toThrow('would both become orders/a.csv');
  });
});

describe('uploadFiles', () => {
  const upload = async (path: string, ...script: Script) => {
    const aws = new StubbedAws(script);
    const landing = new S3ObjectStore({
      client: makeS3Client({ endpoint: 'http://127.0.0.1:1' }, aws.config),
      bucket: 'landing',
      clock: skippingClock(),
      randomness: { fraction: () => 0.5, id: () => '0'.repeat(16) },
    });
    const tally = new UploadTally();
    const progress: string[] = [];
    const signal = new AbortController().signal;
    const run = uploadFiles((await findUploads([path], DEFAULT_CONFIG)).files, landing, tally, {
      signal,
      onProgress: ({ stage, bytesDone, bytesTotal }) =>
        progress.push(`${stage} ${bytesDone}/${bytesTotal}`),
    });
    return { aws, tally, progress, run };
  };

  it('sends what is not there, and counts its bytes', async () => {
    write('orders/a.csv', ORDERS);
    const answers = [bare(404), bare(200), bare(200, { etag: '"e1"' })];
    const { aws, tally, progress, run } = await upload(folder, ...answers);

    await run;

    expect(tally.files).toEqual([
      { key: 'orders/a.csv', etag: '"e1"', bytes: ORDERS.length, status: 'uploaded' },
    ]);
    expect(aws.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'HEAD /landing/orders/a.csv',
      'HEAD /landing/',
      'PUT /landing/orders/a.csv',
    ]);
    expect(aws.requests[2].body).toBe(ORDERS);
    expect(progress.at(-1)).toBe(`upload ${ORDERS.length}/${ORDERS.length}`);
  });

  it('sends nothing where the same content is there', async () => {
    write('orders/a.csv', ORDERS);
    const there = bare(200, { etag: `"${ORDERS_MD5}"`, 'content-length': `${ORDERS.length}` });
    const { tally, run } = await upload(folder, there);

    await run;

    expect(tally.files[0]).toMatchObject({ status: 'equal', etag: `"${ORDERS_MD5}"` });
    expect(tally.sentBytes).toBe(0);
  });

  it('compares the bytes where a key of KMS makes the etag say nothing', async () => {
    write('orders/a.csv', ORDERS);
    const headers = { etag: '"5d41402abc4b2a76b9719d911017c592-x"' };
    const there = bare(200, { ...headers, 'content-length': `${ORDERS.length}` });
    const { aws, tally, run } = await upload(folder, there, {
      status: 200,
      headers: { ...headers, 'content-length': `${ORDERS.length}` },
      body: ORDERS,
    });

    await run;

    expect(tally.files[0]).toMatchObject({ status: 'equal', etag: headers.etag });
    expect(aws.requests.map(({ method }) => method)).toEqual(['HEAD', 'GET']);
  });

  it('asks nobody when a file would be rejected, dimensions by their own columns', async () => {
    write('orders/a.csv', ORDERS);
    write('products/p.csv', 'product_name,brand\n');
    const { aws, run } = await upload(folder);
    await expect(run).rejects.toMatchObject({
      code: 'file_rejected',
      message: expect.stringMatching(/^nothing was sent: .*p\.csv: column_missing: product_id/),
    });
    expect(aws.requests).toEqual([]);
  });

  it('fails with key, bucket and permission when it is not allowed', async () => {
    write('orders/a.csv', ORDERS);
    const { run } = await upload(folder, bare(404), bare(200), xmlError(403, 'AccessDenied'));
    await expect(run).rejects.toMatchObject({
      code: 'access_denied',
      message: expect.stringMatching(/"orders\/a\.csv" of bucket landing: .*allow s3:PutObject/),
    });
  });
});

describe('hasContent', () => {
  async function* pieces(...texts: readonly (string | Uint8Array)[]) {
    for (const text of texts) yield Buffer.from(text);
  }
  const ABC = '900150983cd24fb0d6963f7d28e17f72';

  it('compares the MD5 of an object that was put at once', async () => {
    expect(await hasContent(`"${ABC}"`, 3, pieces('a', 'bc'))).toBe(true);
    expect(await hasContent(`"${ABC}"`, 3, pieces('abd'))).toBe(false);
  });

  it('compares the MD5 of the parts of a large one', async () => {
    const zeros = new Uint8Array(UPLOAD_PART_BYTES);
    const sizeBytes = UPLOAD_PART_BYTES + 3;
    const etag = '"ee4b078cb6871973042a2af26c6fc93d-2"';
    expect(await hasContent(etag, sizeBytes, pieces(zeros, 'abc'))).toBe(true);
    expect(await hasContent(etag, sizeBytes, pieces('ab', zeros.subarray(1), 'cd'))).toBe(false);
  });

  it('is unknown for other part sizes and for what is no MD5', async () => {
    expect(await hasContent(`"${ABC}-2"`, 3, pieces('abc'))).toBeNull();
    expect(await hasContent('"opaque"', 3, pieces('abc'))).toBeNull();
  });

  it.each([
    [['abc'], ['a', '', 'bc'], true],
    [['ab', 'c'], ['a', 'bc'], true],
    [[], [''], true],
    [['abc'], ['abd'], false],
    [['abc'], ['ab'], false],
    [['ab'], ['abc'], false],
    [['ab', '', 'c'], ['ab'], false],
  ])('of bytes themselves: %j and %j', async (one, other, isSame) => {
    expect(await isSameContent(pieces(...one), pieces(...other))).toBe(isSame);
  });
});

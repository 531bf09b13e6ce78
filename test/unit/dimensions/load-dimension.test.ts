import { beforeEach, describe, expect, it } from 'vitest';
import { Dimension } from '../../../lambdas/shared/dimensions/joined-dimension.ts';
import {
  type DimensionFile,
  loadDimension,
} from '../../../lambdas/shared/dimensions/load-dimension.ts';
import { PRODUCTS } from '../../../lambdas/shared/model/dimension.ts';
import {
  ObjectNotFoundError,
  ObjectUnreadableError,
  PreconditionFailedError,
} from '../../../lambdas/shared/model/errors.ts';
import { dimensionLimit } from '../../support/dimension-limit.ts';
import { MemoryObjectStore } from '../../support/memory/memory-object-store.ts';

const HEADER = 'product_id,product_name,category,brand,list_price';
const ENOUGH = 1e6;

let store: MemoryObjectStore;

beforeEach(() => {
  store = new MemoryObjectStore();
});

async function fileOf(key: string, text: string): Promise<DimensionFile> {
  const { etag } = await store.put(key, Buffer.from(text));
  return { key, etag, sizeBytes: Buffer.byteLength(text) };
}

async function load(files: readonly DimensionFile[], maxBytes = ENOUGH) {
  return await loadDimension(store, PRODUCTS, files, dimensionLimit(maxBytes));
}

/** The columns of a key: text, and cents. */
function rowOf({ data }: Awaited<ReturnType<typeof load>>, key: string) {
  const dimension = new Dimension(data);
  return dimension.columns.map(({ values, codeOfRow }) => {
    const code = codeOfRow[dimension.rowOf(key)];
    if (code < 0) return null;
    if (!('heap' in values)) return values[code];
    const bytes = values.heap.subarray(values.offsets[code], values.offsets[code + 1]);
    return Buffer.from(bytes).toString();
  });
}

/** A store that fails at every object, or in the middle of it. */
function failing(error: Error, pieces: readonly string[] = []) {
  let isClosed = false;
  return {
    get isClosed() {
      return isClosed;
    },
    async *stream() {
      try {
        for (const piece of pieces) yield Buffer.from(piece);
        throw error;
      } finally {
        isClosed = true;
      }
    },
  };
}

describe('the files of a dimension', () => {
  it('are read one behind the other, each with columns and a form of its own', async () => {
    const loaded = await load([
      await fileOf('products/a', `${HEADER}\np1,Tea,Drink,Alder,2.50\n`),
      await fileOf('products/b', 'brand;product_id\nBirch;p2\nCedar;p1\n'),
      await fileOf('products/c', '{"product_id":"p3","list_price":7,"brand":null}\n'),
    ]);

    expect(rowOf(loaded, 'p1')).toEqual(['Tea', 'Drink', 'Alder', 250]);
    expect(rowOf(loaded, 'p2')).toEqual([null, null, 'Birch', null]);
    expect(rowOf(loaded, 'p3')).toEqual([null, null, null, 700]);
    expect(loaded.counts).toEqual({ rows: 4, dimension_issues: 0, dimension_duplicates: 1 });
    expect(loaded.firstIssue).toBe(null);
  });

  it('are as a dimension without rows where there are none', async () => {
    const { data, counts, firstIssue } = await load([]);

    expect([data.keys.offsets.length, data.columns.length]).toEqual([1, 4]);
    expect(counts).toEqual({ rows: 0, dimension_issues: 0, dimension_duplicates: 0 });
    expect(firstIssue).toBe(null);
  });

  it('say where the first row with an issue stands, of all rows and files', async () => {
    const rows = Array.from({ length: 5_000 }, (_, row) => `p${row},,,,1\n`).join('');
    const name = 'x'.repeat(1_100_000);
    const before = `${HEADER}\n${rows}p,${name},,,\n`;

    const { firstIssue, counts } = await load([
      await fileOf('products/a', `${HEADER}\nq,,,,1\n`),
      await fileOf('products/b', `${HEADER}\n${rows}q1,,,,cheap\n,,,,1\n${rows}q2,,,,no\n`),
      await fileOf('products/c', before),
    ]);

    expect(firstIssue).toEqual({ key: 'products/b', offset: HEADER.length + 1 + rows.length });
    expect(counts).toEqual({ rows: 15_005, dimension_issues: 4, dimension_duplicates: 10_000 });
  });

  it('count lines of NDJSON without a key, and such that are no objects', async () => {
    const lines = ['{"product_id":"p1"}', '{"brand":"x"}', 'p2', '{"product_id":null}'];

    const { counts, firstIssue } = await load([await fileOf('products/a', lines.join('\n'))]);

    expect(counts).toEqual({ rows: 4, dimension_issues: 3, dimension_duplicates: 0 });
    expect(firstIssue).toEqual({ key: 'products/a', offset: 20 });
  });

  it('count an offset from the first byte, behind long rows too', async () => {
    const long = `p1,${'x'.repeat(900_000)},,,1\n`;
    const text = `${HEADER}\n${long.repeat(4)}p2,,,,bad\n`;

    const { firstIssue } = await load([await fileOf('products/a', text)], 4e6);

    expect(firstIssue).toEqual({
      key: 'products/a',
      offset: HEADER.length + 1 + 4 * long.length,
    });
  });
});

describe('a dimension that is too large', () => {
  // A batch of rows is looked at whole; the size is that of keys, texts and lists of numbers.
  it('fails once it needs more than it may', async () => {
    const file = await fileOf('products/a', `${HEADER}\np1,Tea,Drink,Alder,2.50\n`);
    const needed = 4 * 8_192 + 4 * 16 + 64;

    expect((await load([file], needed)).counts.rows).toBe(1);
    await expect(load([file], needed - 1)).rejects.toMatchObject({
      code: 'dimensions_too_large',
      message:
        `products needs more than ${needed - 1} bytes of memory (reading products/a); ` +
        'raise batch.memoryLimitBytes',
    });
  });
});

describe('a file of a dimension that cannot be read', () => {
  const file = { key: 'products/a', etag: 'e', sizeBytes: 9 };
  const copy = { ...file, copyKey: 'copies/a' };
  const why = 'products/a cannot be read as a dimension';

  it.each([
    ['', 'empty'],
    ['PK\u0003\u0004', 'format_unsupported: zip'],
  ])('is rejected as an orders file would be: %j', async (text, reason) => {
    await expect(load([await fileOf('products/a', text)])).rejects.toMatchObject({
      code: 'dimension_rejected',
      message: `${why}: ${reason}; fix or remove the file`,
    });
  });

  it('is rejected where it lacks the key', async () => {
    await expect(load([await fileOf('products/a', 'brand\nx\n')])).rejects.toMatchObject({
      code: 'dimension_rejected',
      message: expect.stringMatching(`^${why}: column_missing: product_id`),
    });
  });

  it('is rejected with what the store says', async () => {
    const reason = 'access_denied: Access Denied';
    const error = new ObjectUnreadableError('access_denied', `read: ${reason}`, { reason });

    for (const one of [file, copy]) {
      await expect(
        loadDimension(failing(error), PRODUCTS, [one], dimensionLimit(ENOUGH)),
      ).rejects.toMatchObject({
        code: 'dimension_rejected',
        message: `${why}: ${reason}; fix or remove the file`,
        cause: error,
      });
    }
  });

  it.each([new ObjectNotFoundError('products/a'), new PreconditionFailedError('x', 'if-match')])(
    'has changed in landing: $message',
    async (error) => {
      await expect(
        loadDimension(failing(error), PRODUCTS, [file], dimensionLimit(ENOUGH)),
      ).rejects.toMatchObject({
        code: 'input_changed',
        message: 'products/a changed while the run read it; start another run',
      });
    },
  );

  it('is refused as changed where landing has it with another mark', async () => {
    const { key, sizeBytes } = await fileOf('products/a', `${HEADER}\n`);

    await expect(load([{ key, sizeBytes, etag: 'another' }])).rejects.toMatchObject({
      code: 'input_changed',
    });
  });

  it('is taken from its copy, whatever the mark of that is', async () => {
    await fileOf('copies/a', `${HEADER}\np1,Tea,,,\n`);

    expect(rowOf(await load([copy]), 'p1')).toEqual(['Tea', null, null, null]);
  });

  it('is named with the key of its copy where that is missing', async () => {
    await expect(load([copy])).rejects.toMatchObject({
      code: 'dimension_copy_missing',
      message:
        'copies/a, the copy of products/a, is missing; restore the object, or put a readable ' +
        'products/a into landing',
      cause: expect.any(ObjectNotFoundError),
    });
  });

  it('fails as the store does where that may pass', async () => {
    const error = new Error('connection reset');
    for (const one of [file, copy]) {
      const broken = failing(error, [`${HEADER}\n`, 'p1,']);

      await expect(loadDimension(broken, PRODUCTS, [one], dimensionLimit(ENOUGH))).rejects.toBe(
        error,
      );
    }
    const changed = new PreconditionFailedError('copies/a', 'if-match');
    await expect(
      loadDimension(failing(changed), PRODUCTS, [copy], dimensionLimit(ENOUGH)),
    ).rejects.toBe(changed);
  });

  it('is let go of where it is rejected before its end', async () => {
    const unread = failing(new Error('read to its end'), ['brand\n', 'x\n'.repeat(3e6)]);

    await expect(loadDimension(unread, PRODUCTS, [file], dimensionLimit(ENOUGH))).rejects.toThrow(
      'column_missing',
    );
    expect(unread.isClosed).toBe(true);
  });
});

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { HEADER, keysOf, ordersCsv, runOver, storeOf } from '../../support/batch-runs.ts';
import { readTables } from '../../support/lake-tables.ts';
import { orderLine } from '../../support/small-landing.ts';
import { runCut } from '../../support/staged-runs.ts';

type Content = string | Uint8Array;

const CSV = ordersCsv([orderLine('o1'), 'bad']);
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
const event = (id: string, more: object = {}) =>
  JSON.stringify({
    order_id: id,
    customer_id: 'c1',
    product_id: 'p1',
    order_timestamp: '2026-01-05T00:00:00',
    quantity: 2,
    price: 1.5,
    status: 'done',
    ...more,
  });

async function outcomesOf(...files: (readonly [string, Content])[]) {
  const { manifest, lake } = await runOver(files);
  const { orders, quarantine } = await readTables(lake, manifest);
  return { manifest, orders, quarantine };
}

/** What one file gives, by whatever name. */
async function readingOf(content: Content, key = 'orders/file') {
  const { manifest, orders, quarantine } = await outcomesOf([key, content]);
  return {
    read: manifest.counts.read,
    revenue: manifest.revenue,
    offsets: orders.map(({ source_offset }) => source_offset),
    quarantine: quarantine.map(({ issues, raw, source_offset }) => [issues, raw, source_offset]),
  };
}

const START = HEADER.length + 1;
const BAD = START + orderLine('o1').length + 1;

describe('an orders file', () => {
  it.each([
    ['a.csv', CSV],
    ['EXPORT.CSV', CSV],
    ['part-00000', CSV],
    ['report.txt', CSV],
    ['a.csv.gz', CSV],
    ['b.csv.GZ', gzipSync(CSV)],
    ['c.csv', gzipSync(CSV)],
    ['d.zip', gzipSync(CSV)],
  ])('is read whatever it is called: %s', async (name, content) => {
    expect(await readingOf(content, `orders/${name}`)).toEqual({
      read: 2,
      revenue: '3.00',
      offsets: [String(START)],
      quarantine: [['wrong_field_count', 'bad', String(BAD)]],
    });
  });

  it('in UTF-16 has offsets and raw records of its text in UTF-8', async () => {
    const text = ordersCsv([orderLine('ö1'), 'bäd']);
    const expected = await readingOf(`\ufeff${text}`);

    expect(expected.offsets).toEqual([String(START + 3)]);
    expect(expected.quarantine).toEqual([['wrong_field_count', 'bäd', String(BAD + 4)]]);
    for (const content of [utf16(text), utf16(text).swap16(), gzipSync(utf16(text))]) {
      expect(await readingOf(content)).toEqual(expected);
    }
  });

  it.each([
    ['semicolons', CSV.replaceAll(',', ';')],
    ['tabs', CSV.replaceAll(',', '\t')],
    ['bars', CSV.replaceAll(',', '|')],
    ['a line that says so', `sep=,\n${CSV}`],
    ['a line that says what nobody guesses', `sep=~\r\n${CSV.replaceAll(',', '~')}`],
    ['semicolons, in gzip', gzipSync(CSV.replaceAll(',', ';'))],
    ['other letters in the names', CSV.replace(HEADER, HEADER.toUpperCase().replaceAll('_', ' '))],
  ])('is read with %s', async (_name, content) => {
    const { read, revenue, quarantine } = await readingOf(content);

    expect({ read, revenue }).toEqual({ read: 2, revenue: '3.00' });
    expect(quarantine).toHaveLength(1);
    expect(quarantine[0].slice(0, 2)).toEqual(['wrong_field_count', 'bad']);
  });

  it('keeps the values of a quarantined record with another delimiter', async () => {
    const line = 'o1;"a;b";p1;2026-01-05;1;1,50;done';
    const content = `${HEADER.replaceAll(',', ';')}\n${line}\n`;
    const { quarantine } = await outcomesOf(['orders/a', content]);

    expect(quarantine[0]).toMatchObject({ customer_id: 'a;b', price: '1,50', raw: line });
  });

  it('of NDJSON is read as events are, and keeps its offsets', async () => {
    const lines = [event('o1'), '', event('o2', { price: '0.10' }), 'bad', event('o1')];
    const offsets = lines.map((_, index) => `${lines.slice(0, index).join('\r\n')}\r\n`.length);
    offsets[0] = 0;
    const content = lines.join('\r\n');
    const expected = {
      read: 4,
      revenue: '3.20',
      offsets: [String(offsets[0]), String(offsets[2])],
      quarantine: [['invalid_json', 'bad', String(offsets[3])]],
    };

    expect(await readingOf(content)).toEqual(expected);
    expect(await readingOf(gzipSync(content))).toEqual(expected);
    const marked = await readingOf(`\ufeff${content}`);
    expect(marked.offsets).toEqual([String(offsets[0] + 3), String(offsets[2] + 3)]);
    expect(await readingOf(utf16(content))).toEqual(marked);
  });

  it('of NDJSON is cut at any byte', async () => {
    const long = event('o3', { note: 'x'.repeat(300) });
    const lines = [event('o1'), '{', long, '', event('o2'), event('o1'), ' ', event('o4')];
    const landing = await storeOf([['orders/a', lines.join('\n')]]);
    const whole = await runCut(landing, {});
    const tables = await readTables(whole.lake, whole.manifest);

    expect(whole.manifest.counts).toMatchObject({ read: 7, active: 4, quarantined: 2 });
    for (const chunkBytes of [1, 2, 7, 50, 131, 132, 133, 200, 500]) {
      const cut = await runCut(landing, { chunkBytes });
      expect({ chunkBytes, ...(await readTables(cut.lake, cut.manifest)) }).toEqual({
        chunkBytes,
        ...tables,
      });
    }
  });
});

describe('a file that cannot be read', () => {
  it.each([
    ['zip', 'PK\x03\x04', 'format_unsupported: zip'],
    ['a spreadsheet', 'PK\x03\x04..xl/workbook.xml', 'format_unsupported: xlsx'],
    ['Parquet', 'PAR1\x15', 'format_unsupported: parquet'],
    ['zstd', Buffer.of(0x28, 0xb5, 0x2f, 0xfd), 'format_unsupported: zstd'],
    ['zip in gzip', gzipSync('PK\x03\x04'), 'format_unsupported: zip'],
    ['a damaged end of gzip', gzipSync(CSV).subarray(0, -1), 'gzip_invalid'],
    ['half a code unit of UTF-16', utf16(CSV).subarray(0, -1), 'encoding_invalid'],
    ['nothing', '', 'empty'],
    ['nothing in gzip', gzipSync(''), 'empty'],
  ])('is a rejected file of which no row counts: %s', async (_name, content, reason) => {
    const { manifest, orders } = await outcomesOf(['orders/a.csv', content], ['orders/b.csv', CSV]);

    expect(manifest.rejected_files).toEqual([{ key: 'orders/a.csv', reason }]);
    expect(manifest.status).toBe('published_with_rejected_files');
    expect(orders.map(({ source }) => source)).toEqual(['orders/b.csv']);
  });
});

describe('a dimension file', () => {
  const order = ['orders/a.csv', ordersCsv([orderLine('o1')])] as const;

  it.each([
    ['key alone', 'product_id\np1\n', { product_name: null, brand: null, list_price: null }],
    ['two columns', 'product_id,product_name\np1,Mug\n', { product_name: 'Mug', brand: null }],
    [
      'semicolons and other letters',
      'Product Name;PRODUCT-ID\nMug;p1\n',
      { product_name: 'Mug', category: null },
    ],
    ['gzip', gzipSync('brand,product_id\nAlder,p1\n'), { brand: 'Alder', product_name: null }],
    ['UTF-16', utf16('product_id\tbrand\r\np1\tÄ\r\n'), { brand: 'Ä', list_price: null }],
  ])('may lack all columns but its key: %s', async (_name, content, joined) => {
    const { manifest, orders } = await outcomesOf(order, ['products/2026/p', content]);

    expect(orders[0]).toMatchObject(joined);
    expect(manifest.dimensions.products).toMatchObject({
      rows: 1,
      dimension_issues: 0,
      dimension_duplicates: 0,
    });
  });

  it('may be NDJSON, whose numbers stand for their own text', async () => {
    const lines = [
      '{"product_id":"p1","product_name":"\\u00c4\\n","list_price":9.50,"price":{"net":[1]}}',
      '{"product_id":12345678901234567890,"brand":null,"category":" tea "}',
      '{"product_id":"p3","brand":["x"]}',
      '{"product_id":"p4","brand":"\\ud83d"}',
      '{"brand":"x"}',
      'p5',
      '["product_id","p6"]',
      `{"product_id":"p7","deep":${'['.repeat(512)}${']'.repeat(512)}}`,
      `{"product_id":"p8","deep":${'['.repeat(511)}${']'.repeat(511)},"brand":"x"}`,
      `{"product_id":"p9","brand":"${'x'.repeat(1024 * 1024)}"}`,
      '{"product_id":"p1"}',
    ];
    const ids = ['p1', '12345678901234567890', 'p3', 'p8'];
    const orders = ids.map((id) => orderLine(`o${id}`).replace('p1', id));
    const content = gzipSync(lines.join('\n'));
    const found = await outcomesOf(['orders/a', ordersCsv(orders)], ['products/p.csv', content]);

    expect(
      found.orders.map(({ product_name, category, brand, list_price }) => [
        ...[product_name, category, brand, list_price],
      ]),
    ).toEqual([
      ['\u00c4', null, null, '9.50'],
      [null, 'tea', null, null],
      [null, null, null, null],
      [null, null, 'x', null],
    ]);
    expect(found.manifest.dimensions.products).toMatchObject({
      rows: 11,
      dimension_issues: 7,
      dimension_duplicates: 1,
    });
  });

  it('has each of its columns, whatever files before it lack', async () => {
    const { orders } = await outcomesOf(
      ['orders/a.csv', ordersCsv([orderLine('o1'), orderLine('o2').replace('p1', 'p2')])],
      ['products/a', 'product_id,brand\np1,Alder\n'],
      ['products/b', 'brand,product_name,product_id\nBirch,Mug,p2\n'],
    );

    expect(orders.map(({ product_name, brand }) => [product_name, brand])).toEqual([
      [null, 'Alder'],
      ['Mug', 'Birch'],
    ]);
  });
});

it('says in the plan how many objects were passed over', async () => {
  const { lake, manifest } = await runOver([
    ['orders/a.csv', CSV],
    ['orders/_SUCCESS', ''],
    ['customers/.c.csv', ''],
  ]);
  const [key] = await keysOf(lake, 'state/batch/plans/');
  const plan = JSON.parse(Buffer.from(await lake.get(key)).toString());

  expect(plan.ignored).toEqual({ count: 2, example: 'orders/_SUCCESS' });
  expect(manifest.rejected_files).toEqual([]);
});

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { InputForms } from '../../../../lambdas/shared/ingest/mapping/input-form.ts';
import { fileForm } from '../../../../lib/embedded/check/file-form.ts';
import { configOf, storeOf } from '../../../support/batch-runs.ts';

async function formOf(bytes: Uint8Array | string, entry: Readonly<Record<string, unknown>> = {}) {
  const store = await storeOf([['orders/a.csv', bytes]]);
  const info = (await store.head('orders/a.csv')) ?? expect.fail();
  const config = configOf({ input: [{ match: 'orders/*.csv', ...entry }] });
  const form = await fileForm(store, info, new InputForms(config).of('orders/a.csv').mapping);
  const { kind, compression, encoding, columns, rules } = form;
  return { kind, compression, encoding, columns, delimiter: rules?.delimiter };
}

const CSV = { kind: 'csv', compression: null, encoding: 'utf-8', columns: ['a', 'b'] };

describe('the form of a file', () => {
  it.each<[string, Uint8Array | string, object]>([
    ['commas', 'a,b\n1,2\n', { ...CSV, delimiter: ',' }],
    ['semicolons and a mark', '\ufeffa;b\r\n1;2', { ...CSV, delimiter: ';' }],
    ['a line sep=', 'sep=|\n\na|b\n', { ...CSV, delimiter: '|' }],
    ['quoted names', '"a"\t"b"\n', { ...CSV, delimiter: '\t' }],
    ['gzip', gzipSync('a;b\n'), { ...CSV, compression: 'gzip', delimiter: ';' }],
    [
      'gzip of UTF-16',
      gzipSync(Buffer.from('\ufeffa\tb\n', 'utf16le')),
      { ...CSV, compression: 'gzip', encoding: 'utf-16le', delimiter: '\t' },
    ],
    ['events', ' {"a":1}\n', { ...CSV, kind: 'ndjson', columns: [], delimiter: undefined }],
    [
      'events in UTF-16',
      Buffer.from('\ufeff{"a":1}\n', 'utf16le'),
      { ...CSV, kind: 'ndjson', encoding: 'utf-16le', columns: [], delimiter: undefined },
    ],
    ['nothing', '', { ...CSV, columns: [''], delimiter: ',' }],
    ['a zip file', Buffer.from('504b0304', 'hex'), { ...CSV, kind: null, columns: [] }],
  ])('is that of %s', async (_name, bytes, form) => {
    expect(await formOf(bytes)).toEqual(form);
  });

  it('is that of the mapping', async () => {
    const dialect = { delimiter: ';', skipRows: 2, commentChar: '#' };
    const latin = Buffer.from('Report\n\n# of May\nä;b,c\n', 'latin1');
    expect(await formOf(latin, { encoding: 'latin1', dialect })).toEqual({
      ...CSV,
      encoding: 'windows-1252',
      columns: ['ä', 'b,c'],
      delimiter: ';',
    });
    const headless = { header: false, columns: ['x', 'y'] };
    expect(await formOf('1,2\n', { dialect: headless })).toMatchObject({ columns: ['x', 'y'] });
    expect(await formOf('\ufeffa,b', { encoding: 'latin1' })).toMatchObject({ encoding: 'utf-8' });
  });

  it('takes the first entry of input that fits', () => {
    const config = configOf({
      input: [{ match: 'events' }, { match: 'orders/*.txt' }, { match: 'orders/**' }],
    });
    const forms = new InputForms(config);
    expect(forms.of('orders/a.txt').mapping?.match).toBe('orders/*.txt');
    expect(forms.of('orders/b/a.txt').mapping?.match).toBe('orders/**');
    expect(forms.of('customers/a.txt').mapping).toBeNull();
  });
});

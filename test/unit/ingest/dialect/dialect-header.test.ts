import { describe, expect, it } from 'vitest';
import { parseHeader } from '../../../../lambdas/shared/ingest/csv-header.ts';
import { csvLayout } from '../../../../lambdas/shared/ingest/csv-layout.ts';
import { RecordReader } from '../../../../lambdas/shared/ingest/record-reader.ts';
import { DEFAULT_DIALECT } from '../../../../lambdas/shared/model/config-dialect.ts';
import type { Dialect } from '../../../../lambdas/shared/model/config-input.ts';
import { sourceOf } from '../../../support/csv-text.ts';

const WANTED = { fields: ['a', null, 'b'], required: ['a', 'b'] };

function header(text: string | Uint8Array, keys: Partial<Dialect>, isLast = true) {
  const bytes = Buffer.from(text);
  return parseHeader(bytes, bytes.length, isLast, WANTED, { ...DEFAULT_DIALECT, ...keys });
}

describe('parseHeader', () => {
  it.each<[string, string, Partial<Dialect>, number[], string, number]>([
    ['lines above', 'x"y\n,,,\na,b\n1,2\n', { skipRows: 2 }, [0, 2], ',', 12],
    ['lines above, some of them empty', '\n\r\na,"\na,b', { skipRows: 3 }, [0, 2], ',', 10],
    ['a byte order mark before lines', '\ufeffx\na,b\n', { skipRows: 1 }, [0, 2], ',', 9],
    ['a separator line below others', 'x\nsep=|\na|b', { skipRows: 1 }, [0, 2], '|', 11],
    ['another delimiter', 'b^a\n', { delimiter: '^' }, [2, 0], '^', 4],
    ['a separator that is overruled', 'sep=,\na;b\n', { delimiter: ';' }, [0, 2], ';', 10],
    ['comments', '#"a\n\r\n#\na,b\n', { commentChar: '#' }, [0, 2], ',', 12],
    ['comments everywhere', '#x\nsep=;\n#,,,,\na;b', { commentChar: '#' }, [0, 2], ';', 18],
    ['quotes of another kind', "a;'x,y\n';b\n", { quoteChar: "'" }, [0, -1, 2], ';', 11],
    ['names that are escaped', 'x\\,y;a;b\n', { escapeChar: '\\' }, [-1, 0, 2], ';', 9],
    ['no quotes', '"x,a,b\n', { quoteChar: null }, [-1, 0, 2], ',', 7],
    ['blanks before quotes', 'a; \t"x,\n"; b\n', { skipInitialSpace: true }, [0, -1, 2], ';', 13],
  ])('reads a header with %s', (_what, text, keys, fields, delimiter, end) => {
    const layout = csvLayout(fields, delimiter.charCodeAt(0));

    expect(header(text, keys)).toEqual({ kind: 'header', layout, end });
    for (let cut = 0; cut < end - 1; cut++) {
      const front = Buffer.from(text).subarray(0, cut);
      expect(header(front, keys, false).kind).toBe('incomplete');
    }
  });

  it.each<[string, Partial<Dialect>, number[], string, number]>([
    ['1,2\n', { columns: ['B', 'x', 'A'] }, [2, -1, 0], ',', 0],
    ['1,2\n', { columns: null }, [0, 2], ',', 0],
    ['1;2\n', { columns: ['a', 'b'] }, [0, 2], ';', 0],
    ['"1,2"|3\n', { columns: ['a', 'b'] }, [0, 2], '|', 0],
    ['1,2;3', { columns: ['a', 'b'], delimiter: ';' }, [0, 2], ';', 0],
    ['\ufeffx\nsep=|\n\n1', { columns: ['a', 'b'], skipRows: 1 }, [0, 2], '|', 12],
  ])('takes columns from the dialect of %j', (text, keys, fields, delimiter, end) => {
    const layout = csvLayout(fields, delimiter.charCodeAt(0));

    expect(header(text, { header: false, ...keys })).toEqual({ kind: 'header', layout, end });
  });

  it.each<[string, Partial<Dialect>, string]>([
    ['a,b\n', { skipRows: 2 }, 'empty'],
    ['#a,b', { commentChar: '#' }, 'empty'],
    ['sep=;\n#x', { commentChar: '#' }, 'empty'],
    ['\n\n', { header: false, columns: ['a', 'b'] }, 'empty'],
    [
      '12.5,x@example.org\n',
      { header: false, columns: ['a', 'c'] },
      'column_missing: b; the file has the columns a, c; rename the columns',
    ],
    ['1,2\n', { header: false, columns: ['a', 'b', 'A', 'a'] }, 'column_repeated: a'],
  ])('rejects %j', (text, keys, reason) => {
    expect(header(text, keys)).toEqual({ kind: 'rejected', reason });
  });

  it('says where to read on, and how many lines are still to be passed over', () => {
    expect(header('ab\ncd\ne', { skipRows: 5 }, false)).toEqual({
      kind: 'incomplete',
      start: 6,
      skipRows: 3,
    });
    expect(header('ab\ncd\n#e', { skipRows: 2, commentChar: '#' }, false)).toEqual({
      kind: 'incomplete',
      start: 6,
      skipRows: 0,
    });
  });
});

describe('RecordReader.header', () => {
  const read = (text: string, keys: Partial<Dialect>) => {
    const reader = new RecordReader(sourceOf(Buffer.from(text), [700_000]), 0);
    return reader.header(WANTED, { ...DEFAULT_DIALECT, ...keys });
  };

  it.each<[string, string, Partial<Dialect>]>([
    ['are to be skipped', 'x', { skipRows: 6 }],
    ['are comments', '#', { commentChar: '#' }],
  ])('finds a header below lines of several windows that %s', async (_what, letter, keys) => {
    const above = `${letter.repeat(900_000)}\n`.repeat(6);

    expect(await read(`\ufeff${above}\ufeffx,a,b\n`, keys)).toEqual({
      kind: 'header',
      layout: csvLayout([-1, 0, 2]),
      end: 3 + above.length + 3 + 6,
    });
  });

  it('rejects a line of more than 1 MiB above the header', async () => {
    const text = `#${'x'.repeat(3_000_000)}\na,b\n`;

    for (const keys of [{ skipRows: 1 }, { commentChar: '#' }]) {
      expect(await read(text, keys)).toEqual({ kind: 'rejected', reason: 'header_unreadable' });
    }
  });
});

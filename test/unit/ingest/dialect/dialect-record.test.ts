import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DialectRecordEnd,
  splitDialect,
} from '../../../../lambdas/shared/ingest/dialect/dialect-record.ts';
import { dialectRules } from '../../../../lambdas/shared/ingest/dialect/dialect-rules.ts';
import { DEFAULT_DIALECT } from '../../../../lambdas/shared/model/config-dialect.ts';
import type { Dialect } from '../../../../lambdas/shared/model/config-input.ts';
import { runs } from '../../../support/runs.ts';
import { seed } from '../../../support/seed.ts';

const ESCAPED = { ...DEFAULT_DIALECT, escapeChar: '\\' };

function fieldsOf(record: string, keys: Partial<Dialect>): string[] {
  const text = Buffer.from(record);
  const bytes = new Uint8Array(text.length * 2);
  bytes.set(text);
  const fields: string[] = [];
  const dialect = { ...DEFAULT_DIALECT, ...keys };
  const layout = { delimiter: 0x2c };
  const { length } = text;
  splitDialect(bytes, 0, length, length, layout, dialect, (column, start, end) => {
    expect(column).toBe(fields.length);
    fields.push(Buffer.from(bytes.subarray(start, end)).toString());
  });
  return fields;
}

describe('splitDialect', () => {
  it.each<[string, Partial<Dialect>, string[]]>([
    ["'a,b',\"c,'d'',e'", { quoteChar: "'" }, ['a,b', '"c', "d',e"]],
    ['"a,b",c', { quoteChar: null }, ['"a', 'b"', 'c']],
    ['"a""b",c', { doubleQuote: false }, ['"a""b"', 'c']],
    ['"a"" ,b', { doubleQuote: false }, ['"a"" ', 'b']],
    ['"a\\"b\\\\","c', { escapeChar: '\\' }, ['a"b\\', '"c']],
    ['"a\\",b', { escapeChar: '\\' }, ['"a"', 'b']],
    ['a\\,b\\\\,\\"c,d\\', { escapeChar: '\\' }, ['a,b\\', '"c', 'd\\']],
    ['"a""\\"b",\\€', { escapeChar: '\\' }, ['a""b', '€']],
    ['"a""b\\""', { escapeChar: '\\', doubleQuote: false }, ['"a""b""']],
    ['a\\\nb,"c\\\r\nd",\\\r\n', { escapeChar: '\\' }, ['a\nb', 'c\r\nd', '\r\n']],
    ['\\N, \\N ,"\\N",\\Nx,\\\\N', { escapeChar: '\\' }, ['\\N', ' \\N ', 'N', 'Nx', '\\N']],
    ['"a""b"', { escapeChar: '"', doubleQuote: false }, ['a"b']],
    [' a, \t"b,c" ,  , d ', { skipInitialSpace: true }, ['a', 'b,c', '', 'd ']],
    [' "a,b"', {}, [' "a', 'b"']],
    ['#a,', { commentChar: '#' }, ['#a', '']],
  ])('splits %j', (record, keys, expected) => {
    expect(fieldsOf(record, keys)).toEqual(expected);
  });
});

describe('DialectRecordEnd', () => {
  it.each<[string, Partial<Dialect>, number]>([
    ['a\\\nb\nc', { escapeChar: '\\' }, 4],
    ['a\\\r\nb\nc', { escapeChar: '\\' }, 5],
    ['a\\\\\nb', { escapeChar: '\\' }, 3],
    ['"a\\"\n",b\nc', { escapeChar: '\\' }, 8],
    ['"a\\"\n', { escapeChar: '\\' }, 4],
    ['#"a\n"\n', { commentChar: '#' }, 3],
    [' "a\n",b\n', { skipInitialSpace: true }, 7],
    [' "a\n",b\n', {}, 3],
    ["'a\n'\n", { quoteChar: "'" }, 4],
    ['"a\n"\n', { quoteChar: null }, 2],
    ['a\\\n', { escapeChar: '\\' }, -1],
  ])('finds the end of %j, or waits for more', (text, keys, expected) => {
    const bytes = Buffer.from(text);
    const rules = dialectRules({ ...DEFAULT_DIALECT, ...keys });

    expect(new DialectRecordEnd(rules).find(bytes, 0, bytes.length, true)).toBe(expected);
    for (let end = 0; end < bytes.length; end++) {
      const found = new DialectRecordEnd(rules).find(bytes, 0, end, false);
      expect([-1, expected]).toContain(found);
    }
  });

  it('knows a comment, and a stray quote, but not one that is escaped', () => {
    const scan = (text: string, keys: Partial<Dialect>) => {
      const found = new DialectRecordEnd(dialectRules({ ...ESCAPED, ...keys }));
      found.find(Buffer.from(text), 0, text.length, true);
      return { isComment: found.isComment, hasStrayQuote: found.hasStrayQuote };
    };

    const comment = { isComment: true, hasStrayQuote: false };
    expect(scan('#a,"b\n', { commentChar: '#' })).toEqual(comment);
    expect(scan('a,"b\n', {})).toEqual({ isComment: false, hasStrayQuote: true });
    expect(scan('a,\\"b\n', {})).toEqual({ isComment: false, hasStrayQuote: false });
  });

  it('finds the same end whatever the windows that follow', () => {
    const parts = fc.array(fc.constantFrom('\\', '\\', '\r', '\n', 'x', ','), { maxLength: 12 });
    const cuts = fc.array(fc.nat(13), { minLength: 1, maxLength: 4 });
    const rules = dialectRules({ ...ESCAPED, quoteChar: null, commentChar: '#' });
    fc.assert(
      fc.property(fc.constantFrom('', '#'), parts, cuts, (front, rest, places) => {
        const text = `${front}${rest.join('')}x\n`;
        const bytes = Buffer.from(text);
        const ends = [...places, text.length].map((place) => Math.min(1 + place, text.length));
        const scan = new DialectRecordEnd(rules);

        let from = 0;
        let found = -1;
        for (const end of ends.sort((a, b) => a - b)) {
          if (found < 0) found = scan.find(bytes, from, end, end === text.length);
          from = end;
        }

        const plain = text.replaceAll(/\\(\r\n|[\s\S])/g, (escaped) => 'x'.repeat(escaped.length));
        expect(found).toBe((front === '#' ? text : plain).indexOf('\n'));
      }),
      { seed, ...runs(2_000) },
    );
  });

  it('lets no quote open a field in a window that follows', () => {
    const first = Buffer.alloc(1024 * 1024 + 2, 'x');
    const next = Buffer.from(',"a\n",b\n');
    const scan = new DialectRecordEnd(dialectRules(ESCAPED));

    expect(scan.find(first, 0, first.length, false)).toBe(-1);
    expect(scan.find(next, 0, next.length, true)).toBe(3);
    expect(scan.hasStrayQuote).toBe(true);
  });
});

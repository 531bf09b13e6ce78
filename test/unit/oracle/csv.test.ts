import { describe, expect, it } from 'vitest';
import { csvIssue, csvRecords } from '../../support/oracle/csv.ts';

const fieldsOf = (text: string) => csvRecords(Buffer.from(text)).map((record) => record.fields);

describe('fields', () => {
  it.each<[string, string[]]>([
    ['a,b,c', ['a', 'b', 'c']],
    [',', ['', '']],
    ['"a,b",c', ['a,b', 'c']],
    ['"a\nb\r\nc"', ['a\nb\r\nc']],
    ['"say ""hi"""', ['say "hi"']],
    ['""', ['']],
    ['"",""', ['', '']],
    ['""""', ['"']],
    ['a"b"', ['a"b"']],
    [' "a,b"', [' "a', 'b"']],
    ['"a"b', ['"a"b']],
    ['"a" ,b', ['a', 'b']],
    ['"a"b"c,d"', ['"a"b"c', 'd"']],
    ['"a""b"c""d', ['"a""b"c""d']],
    ['"a,"b', ['"a', '"b']],
    ['"a', ['"a']],
    ['"', ['"']],
    ['"""', ['"""']],
    ['"a"\t ', ['a']],
    ['a\rb', ['a\rb']],
    ['"a"\rb', ['"a"\rb']],
  ])('of %j', (text, fields) => {
    expect(fieldsOf(text)).toEqual([fields]);
  });
});

describe('records', () => {
  it('end with LF or CRLF, not with CR alone', () => {
    expect(fieldsOf('a\nb\r\nc\rd\r\r\ne\r')).toEqual([['a'], ['b'], ['c\rd\r'], ['e\r']]);
  });

  it('start where their first byte is, a byte order mark counted', () => {
    const file = Buffer.from('\ufeffa\r\n\r\n\nb,"\n"\nc');

    expect(csvRecords(file).map(({ offset, bytes }) => [offset, bytes.toString()])).toEqual([
      [3, 'a'],
      [9, 'b,"\n"'],
      [15, 'c'],
    ]);
  });

  it('are not made of lines without any byte, but of blanks', () => {
    expect(fieldsOf('\n\r\n \n\t')).toEqual([[' '], ['\t']]);
    expect(fieldsOf('\ufeff\n')).toEqual([]);
  });

  it('end with their line, where a quote closes too far behind or before other text', () => {
    const records = csvRecords(Buffer.from('a\n"b\n,c\r\nd,"e"f\n" \t\r\n\r", \n"x"\r'));

    expect(records.map(({ fields, hasStrayQuote }) => [...fields, hasStrayQuote])).toEqual([
      ['a', false],
      ['"b', true],
      ['', 'c', false],
      ['d', '"e"f', true],
      [' \t\r\n\r', ' ', false],
      ['"x"\r', true],
    ]);
  });

  it('hold what is quoted within 1 MiB, blanks behind it included', () => {
    const fieldCount = (text: string) => csvRecords(Buffer.from(text))[0].fields.length;
    const upTo = (bytes: number) => `a,"${','.repeat(bytes - 4)}"`;

    expect(fieldCount(upTo(1_048_576))).toBe(2);
    expect(fieldCount(upTo(1_048_577))).toBe(1_048_575);
    expect(fieldCount(`${upTo(1_048_574)} \t\r\n`)).toBe(2);
    expect(fieldCount(`${upTo(1_048_574)} \t \r\n`)).toBe(1_048_572);
    expect(fieldCount(`${upTo(1_048_576)},`)).toBe(3);
  });

  it('have the delimiter that they are read with', () => {
    const fields = (text: string, delimiter: string) =>
      csvRecords(Buffer.from(text), delimiter).map((record) => record.fields);

    expect(fields('a;"b;c" ;d,"', ';')).toEqual([['a', 'b;c', 'd,"']]);
    expect(fields('a\t"b\tc"\t\t "d', '\t')).toEqual([['a', 'b\tc', '', ' "d']]);
  });

  it('show the first of their issues', () => {
    const issueOf = (bytes: Uint8Array) => csvIssue(csvRecords(bytes)[0], 2);
    const long = Buffer.alloc(1_048_577, 'x');

    expect(issueOf(Buffer.from('a,b'))).toBe(null);
    expect(issueOf(Buffer.from('a,b,'))).toBe('wrong_field_count');
    expect(issueOf(Buffer.from('a\xff', 'latin1'))).toBe('invalid_utf8');
    expect(issueOf(long.subarray(1))).toBe('wrong_field_count');
    expect(issueOf(long)).toBe('record_too_long');
    expect(issueOf(Buffer.concat([Buffer.from('"\xff', 'latin1'), long]))).toBe('record_too_long');
  });
});

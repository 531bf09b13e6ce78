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
    ['"a"b', ['ab']],
    ['"a" ,b', ['a ', 'b']],
    ['"a"b"c,d"', ['ab"c', 'd"']],
    ['"a""b"c""d', ['a"bc""d']],
    ['a\rb', ['a\rb']],
    ['"a"\rb', ['a\rb']],
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

  it('with an open quote take the rest of the file', () => {
    const records = csvRecords(Buffer.from('a\n"b\n,c\r\n'));

    expect(records.map((record) => record.isUnterminated)).toEqual([false, true]);
    expect(Buffer.from(records[1].bytes).toString()).toBe('"b\n,c\r\n');
    expect(csvRecords(Buffer.from('"a""'))[0].isUnterminated).toBe(true);
    expect(csvRecords(Buffer.from('x,"'))[0].isUnterminated).toBe(true);
  });

  it('show the first of their issues', () => {
    const issueOf = (bytes: Uint8Array) => csvIssue(csvRecords(bytes)[0], 2);
    const long = Buffer.alloc(1_048_577, 'x');

    expect(issueOf(Buffer.from('a,b'))).toBe(null);
    expect(issueOf(Buffer.from('a,b,'))).toBe('wrong_field_count');
    expect(issueOf(Buffer.from('a\xff', 'latin1'))).toBe('invalid_utf8');
    expect(issueOf(long.subarray(1))).toBe('wrong_field_count');
    expect(issueOf(long)).toBe('record_too_long');
    expect(issueOf(Buffer.concat([Buffer.from('"\xff', 'latin1'), long]))).toBe(
      'unterminated_quote',
    );
  });
});

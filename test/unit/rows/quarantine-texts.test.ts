import { describe, expect, it } from 'vitest';
import { viewOf } from '../../../lambdas/shared/bytes/bytes.ts';
import { textValues } from '../../../lambdas/shared/bytes/column-data.ts';
import { issueBit } from '../../../lambdas/shared/model/issue.ts';
import {
  characterBoundary,
  decodedRaw,
  IssueColumn,
} from '../../../lambdas/shared/rows/quarantine-texts.ts';

const KIB_64 = 65_536;

describe('the column of issues', () => {
  const invalidJson = issueBit('invalid_json');
  const twoIssues = issueBit('status_unknown') | issueBit('quantity_missing');

  function columnOf(column: IssueColumn, sets: readonly number[]) {
    sets.forEach((issues, row) => {
      column.set(row, issues);
    });
    const { keys, ...others } = column.take();
    return { keys: [...keys.subarray(0, sets.length)], ...others };
  }

  it('has each set of issues once, by its codes in the order of the contract', () => {
    const sets = [twoIssues, twoIssues, invalidJson, twoIssues, 1, invalidJson];

    expect(columnOf(new IssueColumn(6), sets)).toEqual({
      kind: 'keyed',
      keys: [0, 0, 1, 0, 2, 1],
      keyCount: 3,
      valueOf: null,
      values: textValues(['quantity_missing,status_unknown', 'invalid_json', 'record_too_long']),
    });
  });

  it('begins anew once it is taken, with the set that came last too', () => {
    const column = new IssueColumn(2);
    columnOf(column, [twoIssues, invalidJson]);

    expect(columnOf(column, [invalidJson, twoIssues])).toMatchObject({
      keys: [0, 1],
      keyCount: 2,
      values: textValues(['invalid_json', 'quantity_missing,status_unknown']),
    });
  });
});

describe('the first 64 KiB of a record of UTF-8', () => {
  /** How many bytes stay of a record that stands between others. */
  const keptBytes = (text: string) => {
    const bytes = Buffer.from(`é${text}é`);
    return characterBoundary(viewOf(bytes), 2, bytes.length - 2) - 2;
  };

  it.each([
    ['nothing', '', 0],
    ['one byte less', 'x'.repeat(KIB_64 - 1), KIB_64 - 1],
    ['64 KiB', 'x'.repeat(KIB_64), KIB_64],
    ['one byte more', 'x'.repeat(KIB_64 + 1), KIB_64],
    ['a character that ends there', `${'x'.repeat(KIB_64 - 2)}é`, KIB_64],
    ['a character that begins there', `${'x'.repeat(KIB_64)}é`, KIB_64],
    ['two bytes cut after one', `${'x'.repeat(KIB_64 - 1)}é`, KIB_64 - 1],
    ['three bytes cut after two', `${'x'.repeat(KIB_64 - 2)}€`, KIB_64 - 2],
    ['four bytes cut after one', `${'x'.repeat(KIB_64 - 1)}😀`, KIB_64 - 1],
    ['four bytes cut after three', `${'x'.repeat(KIB_64 - 3)}😀x`, KIB_64 - 3],
  ])('are whole characters: %s', (_name, text, kept) => {
    expect(keptBytes(text)).toBe(kept);
  });

  it('are looked for in the record only, wherever it stands', () => {
    const bytes = viewOf(Buffer.alloc(KIB_64 * 2, 'x'));

    expect(characterBoundary(bytes, KIB_64, KIB_64 * 2)).toBe(KIB_64 * 2);
    expect(characterBoundary(bytes, KIB_64 + 9, KIB_64 * 2)).toBe(KIB_64 * 2);
    expect(characterBoundary(bytes, KIB_64 + 9, KIB_64 + 10)).toBe(KIB_64 + 10);
  });
});

describe('the first 64 KiB of any record', () => {
  const textOf = (record: Uint8Array) => Buffer.from(decodedRaw(record)).toString();
  const xs = (count: number) => Buffer.alloc(count, 'x');

  it('keep what is UTF-8, a byte order mark too', () => {
    expect(textOf(Buffer.from('\ufeffa\ufeffé😀'))).toBe('\ufeffa\ufeffé😀');
    expect(decodedRaw(new Uint8Array(0))).toEqual(new Uint8Array(0));
  });

  it('have one replacement character for each part that is not', () => {
    const bytes = [0xff, 0x61, 0xc3, 0x62, 0xe2, 0x82, 0x63, 0xed, 0xa0, 0x80, 0xf0, 0x9f];

    expect(textOf(Buffer.from(bytes))).toBe('\ufffda\ufffdb\ufffdc\ufffd\ufffd\ufffd\ufffd');
  });

  it('end with a replacement character where the record ends in a character', () => {
    const record = Buffer.concat([xs(KIB_64 - 1), Buffer.from([0xc3])]);

    expect(textOf(record)).toBe(`${'x'.repeat(KIB_64 - 1)}\ufffd`);
  });

  it('end before a character that the cut goes through', () => {
    const record = Buffer.concat([xs(KIB_64 - 3), Buffer.from('😀')]);

    expect(textOf(record)).toBe('x'.repeat(KIB_64 - 3));
  });

  it('are no more where the record goes on', () => {
    expect(textOf(xs(KIB_64 + 1))).toBe('x'.repeat(KIB_64));
    expect(textOf(xs(KIB_64))).toBe('x'.repeat(KIB_64));
  });
});

import { describe, expect, it } from 'vitest';
import {
  inOrder,
  WARNING_CODES,
  warningOf,
  warningText,
} from '../../../lambdas/shared/model/warning.ts';

describe('warnings', () => {
  it('have the codes of contract 2.3 and one of the stream, in its order', () => {
    expect(WARNING_CODES).toEqual([
      'files_ignored',
      'files_rejected',
      'files_vanished',
      'stray_quote',
      'duplicates_differ',
      'last_line_cut',
      'join_misses',
      'dimension_issues',
      'dimension_kept_before',
      'future_events',
    ]);
  });

  it('are reported in the order of the codes', () => {
    const future = warningOf('future_events', 1, 'orders/a.csv at byte 0');
    const ignored = warningOf('files_ignored', 2, 'orders/_SUCCESS');

    expect(inOrder([future, ignored])).toEqual([ignored, future]);
  });

  it('say in one line what was counted, one of them, and what to do', () => {
    const one = warningOf('stray_quote', 1, 'orders/a.csv at byte 90');
    const many = warningOf('duplicates_differ', 1234, 'orders/b.csv at byte 7', 'in price');

    expect(warningText(one)).toBe(
      '1 record holds a stray quote (stray_quote), such as orders/a.csv at byte 90: ' +
        'the quote was read as an ordinary character; check whether the field has the right value',
    );
    expect(warningText(many)).toBe(
      '1,234 duplicates differ from the record that counts (duplicates_differ), ' +
        'such as orders/b.csv at byte 7: in price',
    );
  });

  it.each([
    [12, '12 files'],
    [123, '123 files'],
    [123_456, '123,456 files'],
    [1_234_567, '1,234,567 files'],
  ])('group the digits of %d', (count, text) => {
    expect(warningText(warningOf('files_ignored', count, 'a')).startsWith(text)).toBe(true);
  });
});

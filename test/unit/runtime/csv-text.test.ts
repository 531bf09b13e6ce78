import { expect, it } from 'vitest';
import { csvField, spreadsheetField } from '../../../lambdas/shared/runtime/csv-text.ts';

it('quotes a field that holds a comma, a quote or a line end', () => {
  expect(['a', 'a,b', 'a"b', 'a\nb', '\r', '=1', ''].map(csvField)).toEqual([
    'a',
    '"a,b"',
    '"a""b"',
    '"a\nb"',
    '"\r"',
    '=1',
    '',
  ]);
});

it('begins no cell of a spreadsheet like a formula', () => {
  expect(
    ['=1', '+1', '-1', '@a', '\ta', '\ra', "'", 'a=1', '', '="x"'].map(spreadsheetField),
  ).toEqual(["'=1", "'+1", "'-1", "'@a", "'\ta", '"\'\ra"', "'", 'a=1', '', '"\'=""x"""']);
});

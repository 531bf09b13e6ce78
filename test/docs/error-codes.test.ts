import { describe, expect, it } from 'vitest';
import { isCode, isTest, readProject } from '../support/source-files.ts';
import { readText } from './markdown.ts';

/** How the program names a code, also where it is on a line of its own. */
const NAMED = [
  /new (?:TerminalError|UsageError|ObjectUnreadableError|FileFaultError)\(\s*'(\w+)'/g,
  /(?:missing|damaged)Code: '(\w+)'/g,
];

interface Row {
  readonly chapter: string;
  readonly code: string;
  readonly cells: readonly string[];
}

/** Rows of the tables of docs/errors.md, heads left out. */
function rowsOfPage(): Row[] {
  const chapters = readText('docs/errors.md').split('\n## ').slice(1);
  return chapters.flatMap((text) =>
    text
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => {
        const cells = line.slice(1, -1).split('|');
        const code = cells[0].trim().replaceAll('`', '');
        return { chapter: text.split('\n')[0], code, cells: cells.map((cell) => cell.trim()) };
      }),
  );
}

describe('the page of errors', () => {
  const rows = rowsOfPage();
  const product = readProject()
    .filter((file) => isCode(file) && !isTest(file))
    .map(({ lines }) => lines.join('\n'));

  it('says of each code when it happens and what to do', () => {
    expect(rows.length).toBeGreaterThan(100);
    const incomplete = rows.filter(
      ({ cells }) => cells.length !== 3 || cells.some((cell) => cell === ''),
    );
    expect(incomplete).toEqual([]);
  });

  it('has one row for each code of a chapter', () => {
    const names = rows.map(({ chapter, code }) => `${chapter}: ${code}`);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it('has every code that the program throws', () => {
    const codes = product.flatMap((text) =>
      NAMED.flatMap((pattern) => [...text.matchAll(pattern)].map(([, code]) => code)),
    );
    const documented = new Set(rows.map(({ code }) => code));

    expect(codes.length).toBeGreaterThan(100);
    expect([...new Set(codes)].filter((code) => !documented.has(code))).toEqual([]);
  });

  it('has no code that the program does not know', () => {
    const all = product.join('\n');
    expect(rows.filter(({ code }) => !all.includes(`'${code}'`))).toEqual([]);
  });
});

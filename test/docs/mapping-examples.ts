import { parse } from 'yaml';
import { codeBlocks, readText } from './markdown.ts';

/** One example of `docs/mappings.md`: a file, the entry that reads it, and what comes of it. */
export interface MappingExample {
  /** Also the key of the file. */
  readonly match: string;
  readonly entry: Readonly<Record<string, unknown>>;
  readonly file: Buffer;
  readonly columns: readonly string[];
  /** Cells by column, in the order of the file's records; empty where there is no value. */
  readonly rows: readonly (readonly string[])[];
}

interface MappingPage {
  readonly examples: readonly MappingExample[];
  /** All entries of the page, as the lists in which they are written. */
  readonly inputs: readonly (readonly Readonly<Record<string, unknown>>[])[];
}

const PAGE = 'docs/mappings.md';

/** Reads the page. An example is a chapter with a block of `csv` or `json`. */
export function mappingPage(): MappingPage {
  const chapters = readText(PAGE).split(/^(?=## )/m);
  const inputs = chapters.flatMap(inputsOf);
  return { examples: chapters.flatMap(examplesOf), inputs };
}

function inputsOf(chapter: string): Readonly<Record<string, unknown>>[][] {
  const blocks = codeBlocks(chapter).filter(({ language }) => language === 'yaml');
  return blocks.map(({ lines }) => parse(lines.join('\n')).input);
}

function examplesOf(chapter: string): MappingExample[] {
  const block = codeBlocks(chapter).find(({ language }) => /^(csv|json)$/.test(language));
  if (block === undefined) return [];
  const [[entry]] = inputsOf(chapter);
  const text = `${block.lines.join('\n')}\n`;
  // The letters of these pages are the same in both.
  const file = Buffer.from(text, entry.encoding === 'windows-1252' ? 'latin1' : 'utf8');
  const [columns = [], ...rows] = tableOf(chapter);
  return [{ match: String(entry.match), entry, file, columns, rows }];
}

/** The cells of the table whose first column is the outcome, without the rule below its head. */
function tableOf(chapter: string): string[][] {
  const [table = ''] = /^\| outcome [\s\S]*?(?=\n\n)/m.exec(chapter) ?? [];
  const lines = table.split('\n').filter((line) => line !== '' && !/^\|[ |-]+\|$/.test(line));
  return lines.map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

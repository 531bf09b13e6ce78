import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../lambdas/shared/model/config.ts';
import { PAIR } from '../../lambdas/shared/model/preset-mapping.ts';
import {
  PRESET_NOTES,
  PRESETS,
  type PresetField,
  type PresetMapping,
} from '../../lambdas/shared/model/presets.ts';
import { columnsNamed, expectedOf, presetFiles } from '../support/preset-fixtures.ts';
import { codeBlocks, markdownFiles, readText } from './markdown.ts';

const INDEX = 'docs/formats/README.md';
const names = Object.keys(PRESETS);
const FIELDS = [
  ...['order_id', 'customer_id', 'product_id', 'order_timestamp'],
  ...['quantity', 'price', 'status'],
];

interface Example extends PresetMapping {
  readonly match: string;
  readonly preset: string;
}

function examplesOf(page: string): Example[] {
  const blocks = codeBlocks(page).filter(({ language }) => language === 'yaml');
  return blocks.flatMap(({ lines }) => (parse(lines.join('\n')) as { input: Example[] }).input);
}

/** Names in bold type; in these pages they are columns, and nothing else is in bold type. */
function boldNames(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\*\*([^*]+)\*\*/g)].map(([, name]) => name.replace(/\s+/g, ' '));
}

function pageOf(name: string): string {
  return readText(`docs/formats/${name}.md`);
}

function headersOf(name: string): Set<string> {
  return new Set(presetFiles(name).flatMap(({ columns }) => columns));
}

/** Cells of the rows of a page's table, by their first cell. */
function tableRows(page: string): Map<string, string[]> {
  const lines = page.split('\n').filter((line) => line.startsWith('| `'));
  const rows = lines.map((line) =>
    line.split(' | ').map((cell) => cell.replace(/^\| |\s*\|?$/g, '')),
  );
  return new Map(rows.map(([first, ...cells]) => [first.trim().replaceAll('`', ''), cells]));
}

it('has an index with one line for each preset, in their order', () => {
  const listed = [...readText(INDEX).matchAll(/^\| \[([\w-]+)\]\(\1\.md\) +\| (.+?) +\|$/gm)];
  expect(listed.map(([, name, reads]) => [name, reads])).toEqual(
    names.map((name) => [name, PRESET_NOTES[name].reads]),
  );
});

it('has a page for each preset and no other', () => {
  const pages = markdownFiles().filter((path) => path.startsWith('docs/formats/'));
  expect(pages).toEqual([INDEX, ...names.map((name) => `docs/formats/${name}.md`)].sort());
});

it('shows an example in the index that names a preset', () => {
  expect(examplesOf(readText(INDEX))).toEqual([{ match: 'orders/shop/**', preset: 'shopify' }]);
});

describe.each(names)('%s', (name) => {
  const page = pageOf(name);
  const preset = PRESETS[name];
  const headers = headersOf(name);

  it('has the title of the preset, what it reads, and where its form is documented', () => {
    const flat = page.replace(/\s+/g, ' ');
    expect(flat).toContain(`# ${PRESET_NOTES[name].title} `);
    expect(flat).toContain(`\`preset: ${name}\` reads ${PRESET_NOTES[name].reads}. Its form: [`);
    expect(page).toMatch(/\]\(https:\/\//);
    expect(page.split('\n').length).toBeLessThan(80);
  });

  it('names no column that its files lack', () => {
    const named = boldNames(page);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((column) => !headers.has(column))).toEqual([]);
  });

  it('lists the columns of each field as the preset has them', () => {
    const rows = tableRows(page);
    const fields: Readonly<Record<string, PresetField>> = preset.fields ?? {};
    for (const field of [...FIELDS, ...('currency' in fields ? ['currency'] : [])]) {
      const {
        from = [],
        default: constant,
        format = [],
        expect: wanted,
      } = fields[field] ?? {
        from: field,
      };
      const [columns, how] = rows.get(field) ?? [];
      expect(boldNames(columns)).toEqual([from].flat());
      for (const value of [constant, ...format, wanted]) {
        if (value !== undefined) expect(how).toContain(`\`${value}\``);
      }
    }
  });

  it('lists each spelling of a status under what it means', () => {
    const flat = page.replace(/\n {2}/g, ' ');
    for (const [text, status] of Object.entries(preset.fields?.status?.values ?? {})) {
      const parts = text.split(PAIR);
      for (const part of parts) expect(flat).toContain(`\`${part}\``);
      if (parts.length === 1) {
        const line = flat.split('\n').find((found) => found.startsWith(`- ${status}: `));
        expect(line).toContain(`\`${text}\``);
      }
    }
  });
});

describe.each(names)('the text of %s', (name) => {
  const page = pageOf(name);
  const preset = PRESETS[name];
  const headers = headersOf(name);

  it('shows the use in three lines, then a variant, both valid', () => {
    const [plain, ...variants] = examplesOf(page);
    expect(Object.keys(plain)).toEqual(['match', 'preset']);
    expect(variants).toHaveLength(1);
    for (const { match, preset: shown, ...own } of [plain, ...variants]) {
      expect(shown).toBe(name);
      const {
        currency,
        price: { per, ...price } = {},
        ...others
      } = {
        ...preset.fields,
        ...own.fields,
      };
      const dialect = { ...preset.dialect, ...own.dialect };
      const fields = { ...others, price };
      const { input } = parseConfig({ input: [{ ...preset, ...own, match, dialect, fields }] });
      expect(input[0].match).toMatch(/^orders\/[a-z]+\/\*\*$/);
      expect(currency?.expect ?? 'USD').toMatch(/^[A-Z]{3}$/);
      expect(per ?? 'line').toBe('line');
      expect(columnsNamed(own).filter((column) => !headers.has(column))).toEqual([]);
    }
  });

  it('tells the line key, guests, refunds, currencies and time, and what is left out', () => {
    const [, leftOut] = page.split('## What it leaves out\n');
    const [, traps] = page.split('## Traps\n');
    expect(leftOut).toMatch(/^\n- \S/);
    for (const topic of [/Line key:/, /guest/i, /refund|cancelled/i, /currenc/i, /Time:/]) {
      expect(traps).toMatch(topic);
    }
  });

  it('ends with the revenue of its example', () => {
    const [, example] = page.split('## Example\n');
    expect(example).toContain(`= ${expectedOf(name).revenue}`);
    expect(example).toContain(`](../../test/fixtures/formats/${name})`);
  });
});

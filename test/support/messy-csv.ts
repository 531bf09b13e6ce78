import fc from 'fast-check';
import { freeText, mix } from './messy-values.ts';
import { mutated } from './mutations.ts';

/**
 * CSV files as bytes, from values by column: in any layout, with any defect a sender may bring
 * about.
 */

const CELL_STYLES = ['needed', 'quoted', 'blanks', 'stray', 'split', 'as it is'] as const;

interface Cell {
  readonly text: string;
  readonly style: (typeof CELL_STYLES)[number];
}

const LINE_DEFECTS = [
  'field less',
  'field more',
  'bad bytes',
  'blank line',
  'wild',
  'long',
] as const;

interface Line {
  /** By column, and for columns that no rule knows under the name ''. */
  readonly cells: Readonly<Record<string, Cell>>;
  readonly defect: (typeof LINE_DEFECTS)[number] | null;
  /** What the defect puts in. */
  readonly wild: string;
  readonly bad: Uint8Array;
  readonly bytesOfRecord: number;
}

const cellStyle = mix<Cell['style']>(
  [20, fc.constant('needed')],
  [6, fc.constant('quoted')],
  [1, fc.constant('blanks')],
  [1, fc.constant('stray')],
  [1, fc.constant('split')],
  [1, fc.constant('as it is')],
);

const wildLine = fc.constantFrom(
  ...[
    '"',
    '""',
    '"",',
    '"""',
    ',',
    ',,,,,,',
    ',"',
    ' ',
    '\t',
    '\0',
    '\r',
    'a\rb',
    '# comment',
    '{}',
  ],
  ...[
    '"a"b"c,d',
    '"a""b"c',
    'x"y"z,"',
    ' "a,b"',
    '"a\r\nb"\r',
    '"\n\n',
    '\ufeff',
    'order_id,price',
  ],
);

const badBytes = fc.constantFrom(
  ...['ff', 'c3', 'c0af', 'eda080', 'e282', 'f4908080', '80', 'f09f98'].map((hex) =>
    Uint8Array.from(Buffer.from(hex, 'hex')),
  ),
);

function line(values: fc.Arbitrary<Readonly<Record<string, string>>>): fc.Arbitrary<Line> {
  return fc
    .record({
      values,
      extra: freeText,
      styles: fc.array(cellStyle, { minLength: 8, maxLength: 8 }),
      defect: mix<Line['defect']>(
        [500, fc.constant(null)],
        [30, fc.constantFrom(...LINE_DEFECTS.slice(0, 4))],
        [20, fc.constant('wild')],
        [3, fc.constant('long')],
      ),
      wild: wildLine,
      bad: badBytes,
      // The borders of `raw` and of a record, in bytes.
      bytesOfRecord: fc.constantFrom(65_536, 65_537, 65_538, 1_048_576, 1_048_577),
    })
    .map(({ values, extra, styles, ...rest }) => {
      const texts = Object.entries({ ...values, '': extra });
      const cells = texts.map(([column, text], index) => [column, { text, style: styles[index] }]);
      return { cells: Object.fromEntries(cells), ...rest };
    });
}

const quotedText = (text: string) => `"${text.replaceAll('"', '""')}"`;

function cellText({ text, style }: Cell): string {
  const half = Math.ceil(text.length / 2);
  const tail = text.slice(half);
  if (style === 'blanks') return `${quotedText(text)} \t`;
  // Quotes that open nothing, unless what comes later closes them.
  if (style === 'stray') return `"${text}`;
  if (style === 'split') return quotedText(text.slice(0, half)) + tail;
  if (style === 'as it is') return text;
  return style !== 'needed' || /^"|[,\n]|\r$/.test(text) ? quotedText(text) : text;
}

function lineBytes(line: Line, layout: readonly string[]): Buffer {
  const texts = layout.map((column) => cellText(line.cells[column] ?? line.cells['']));
  if (line.defect === 'field less') texts.pop();
  if (line.defect === 'field more') texts.push(line.wild);
  const before = line.defect === 'blank line' ? '\n\r\n' : '';
  const bytes = Buffer.from(before + (line.defect === 'wild' ? line.wild : texts.join(',')));
  if (line.defect === 'bad bytes') {
    const at = line.bytesOfRecord % (bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), line.bad, bytes.subarray(at)]);
  }
  if (line.defect !== 'long') return bytes;
  // Characters of three bytes, so that a cut after 64 KiB may fall into one.
  const missingBytes = Math.max(0, line.bytesOfRecord - bytes.length);
  const filling = '€'.repeat(missingBytes / 3) + 'x'.repeat(missingBytes % 3);
  return Buffer.concat([bytes, Buffer.from(filling)]);
}

const HEADER_DEFECTS = [
  'column missing',
  'column repeated',
  'other case',
  'stray quote',
  'bad bytes',
  'no header',
  'only line ends',
] as const;

export interface FileOptions {
  readonly columns: readonly string[];
  readonly values: fc.Arbitrary<Readonly<Record<string, string>>>;
  readonly rowCountMax: number;
  /** How many of 100 files have a defect in the header, and how many have a few bytes changed. */
  readonly headerDefects: number;
  readonly mutations: number;
}

/** An uncompressed file. */
export function csvFile(options: FileOptions): fc.Arbitrary<Uint8Array> {
  const { columns } = options;
  const extraNames = fc.array(fc.constantFrom('', 'note', 'note', 'Größe', 'a,b', 'ORDER_ID'), {
    maxLength: 2,
  });
  const layout = mix(
    [3, fc.constant([...columns])],
    [
      2,
      extraNames.chain((extra) =>
        fc.shuffledSubarray([...columns, ...extra], { minLength: columns.length + extra.length }),
      ),
    ],
  );
  const file = fc
    .record({
      layout,
      defect: mix(
        [100 - options.headerDefects, fc.constant(null)],
        [options.headerDefects, fc.constantFrom(...HEADER_DEFECTS)],
      ),
      defectAt: fc.nat(),
      hasMark: mix([5, fc.constant(false)], [1, fc.constant(true)]),
      hasBlanks: mix([5, fc.constant(false)], [1, fc.constant(true)]),
      quotesNames: mix([5, fc.constant(false)], [1, fc.constant(true)]),
      lineEnd: mix([5, fc.constant('\n')], [3, fc.constant('\r\n')]),
      lastLineEnd: mix([5, fc.constant(true)], [1, fc.constant(false)]),
      opensQuoteAtEnd: mix([25, fc.constant(false)], [1, fc.constant(true)]),
      lines: fc.array(line(options.values), { maxLength: options.rowCountMax, size: 'max' }),
    })
    .map((plan) => {
      const names = headerNames(plan, columns);
      const header = names.map((name) => {
        const text = plan.hasBlanks ? ` ${name}\t` : name;
        return cellText({ text, style: plan.quotesNames ? 'quoted' : 'needed' });
      });
      const rows = plan.lines.map((row) => lineBytes(row, names.map(knownName)));
      if (plan.opensQuoteAtEnd) rows.push(Buffer.from('o1,"never, closed\r\nnor here'));
      const all = [headerBytes(header.join(','), plan.defect), ...rows];
      const lineEnd = Buffer.from(plan.lineEnd);
      const parts = all.flatMap((bytes, index) =>
        index === all.length - 1 && !plan.lastLineEnd ? [bytes] : [bytes, lineEnd],
      );
      const mark = Buffer.from(plan.hasMark ? 'efbbbf' : '', 'hex');
      if (plan.defect === 'no header') return mark;
      if (plan.defect === 'only line ends') return Buffer.concat([mark, lineEnd, lineEnd]);
      return Buffer.concat([mark, ...parts]);
    });
  return mix<Uint8Array>([100 - options.mutations, file], [options.mutations, mutated(file)]);

  function knownName(name: string): string {
    return columns.includes(name) ? name : '';
  }
}

function headerNames(
  plan: { layout: readonly string[]; defect: string | null; defectAt: number },
  columns: readonly string[],
): string[] {
  const names = [...plan.layout];
  const victim = names.indexOf(columns[plan.defectAt % columns.length]);
  if (plan.defect === 'column missing') names.splice(victim, 1);
  if (plan.defect === 'column repeated') names.push(names[victim]);
  if (plan.defect === 'other case') names[victim] = names[victim].toUpperCase();
  return names;
}

function headerBytes(header: string, defect: string | null): Buffer {
  if (defect === 'stray quote') return Buffer.from(`${header},"note`);
  if (defect === 'bad bytes') return Buffer.from(`${header},\xff`, 'latin1');
  return Buffer.from(header);
}

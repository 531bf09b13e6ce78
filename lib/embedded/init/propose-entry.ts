import type { Status } from '../../../lambdas/shared/model/order.ts';
import type { Start } from './look-at-start.ts';
import { type InitPreset, type InitPresets, matchPreset } from './match-preset.ts';
import { OWN_MISSING } from './missing-text.ts';
import { type Answers, type Finding, type ProposedField, proposeFields } from './propose-fields.ts';
import type { GroupScan } from './scan-group.ts';
import { recordsText, withComment, type YamlValue, yamlValue } from './yaml-text.ts';

/** An entry of `input`, as text, and what it was made of. */
export interface ProposedEntry {
  /** Lines without indentation; empty: Tandem reads these files as they are. */
  readonly lines: readonly string[];
  readonly findings: readonly Finding[];
  /** Fields that no column has, and that no constant can stand in for. */
  readonly open: readonly string[];
  /** Records that would be quarantined, as far as it can be told. */
  readonly lost: number;
}

/** Proposes the entry for files of one form; `match` says which files it is for. */
export function proposeEntry(
  match: string,
  start: Start,
  scan: GroupScan,
  answers: Answers,
  presets: InitPresets,
): ProposedEntry {
  const preset = start.hasHeader ? matchPreset(start.columns, presets) : null;
  const form = formOf(start, scan);
  if (preset !== null) return presetEntry(match, preset, presets[preset], form, scan);
  const named = start.hasHeader ? start : { ...start, columns: columnNames(start) };
  const fields = proposeFields(named, scan, answers);
  const written = fields.flatMap(fieldLines);
  const lines = [
    ...form.lines,
    ...missingLines(scan),
    ...(written.some(isActive) ? ['fields:', ...written.map((line) => `  ${line}`)] : written),
    ...fillLines(named, scan),
  ];
  const open = fields.filter(({ isOpen }) => isOpen).map(({ field }) => field);
  return {
    lines: lines.some(isActive) ? [`match: ${yamlValue(match)}`, ...lines] : [],
    findings: [...form.findings, ...fields.map(({ finding }) => finding)],
    open,
    lost: fields.reduce((sum, { lost }) => sum + lost, form.lost),
  };
}

/** A line that is no comment: a key with comments alone would be null. */
function isActive(line: string): boolean {
  return !line.startsWith('#');
}

interface Form {
  readonly encoding: string | null;
  readonly dialect: Readonly<Record<string, YamlValue>>;
  readonly lines: readonly string[];
  readonly findings: readonly Finding[];
  readonly lost: number;
}

/** Encoding and dialect: only what differs from what Tandem finds by itself. */
function formOf(start: Start, scan: GroupScan): Form {
  const { wrapping } = start;
  const isGuessed = scan.encoding !== 'utf-8' && wrapping.mark === null;
  const encoding = isGuessed ? scan.encoding : null;
  const dialect = dialectOf(start, scan);
  const pads = dialect.padRows === true;
  const lost = scan.long + scan.unread + (pads ? 0 : scan.short);
  const file = [wrapping.kind === 'csv' ? 'CSV' : 'NDJSON', wrapping.isGzip ? 'gzip' : null];
  const findings: Finding[] = [
    { what: 'file', value: file.filter(Boolean).join(', '), sure: 'sure', example: null },
    {
      what: 'encoding',
      value: wrapping.mark ?? scan.encoding,
      sure: isGuessed ? 'guess' : 'sure',
      example: null,
    },
  ];
  if (start.form !== null) {
    const { delimiter } = start.form;
    const value = `delimiter ${JSON.stringify(delimiter)}, ${start.columns.length} columns`;
    findings.push({ what: 'dialect', value, sure: lost === 0 ? 'sure' : 'likely', example: null });
  }
  const lines = [
    ...(encoding === null
      ? []
      : [withComment(`encoding: ${encoding}`, 'check: a guess, as the text is not UTF-8')]),
    ...(Object.keys(dialect).length === 0 ? [] : ['dialect:']),
    ...Object.entries(dialect).map(([key, value]) => `  ${key}: ${yamlValue(value)}`),
  ];
  return { encoding, dialect, lines, findings, lost };
}

function dialectOf(start: Start, scan: GroupScan): Record<string, YamlValue> {
  const { form, hasHeader, hasSeparatorLine } = start;
  if (form === null) return {};
  const isFound = hasSeparatorLine || (hasHeader && form.delimiter === ownDelimiter(start));
  const pads = scan.short > 0 && scan.short * 100 >= scan.records && requiredAreFirst(start);
  return {
    ...(isFound ? {} : { delimiter: form.delimiter }),
    ...(form.quoteChar === '"' ? {} : { quoteChar: form.quoteChar }),
    ...(form.escapeChar === null ? {} : { escapeChar: form.escapeChar }),
    ...(hasHeader ? {} : { header: false, columns: columnNames(start) }),
    ...(form.skipRows === 0 ? {} : { skipRows: form.skipRows }),
    ...(form.commentChar === null ? {} : { commentChar: form.commentChar }),
    ...(pads ? { padRows: true } : {}),
  };
}

/** What Tandem takes by itself: the comma, or the first of the others that the header has. */
function ownDelimiter({ columns, form }: Start): string {
  const header = columns.join(form?.delimiter ?? ',');
  return [',', ';', '\t', '|'].find((delimiter) => header.includes(delimiter)) ?? ',';
}

/** Blank cells at the end are left off by spreadsheets; a record that lacks more was cut. */
function requiredAreFirst({ found, columns }: Start): boolean {
  const used = [...found.values()].map(({ index }) => index);
  return Math.max(0, ...used) < columns.length - 1;
}

/** Columns of a file without header have the names of the fields that they are. */
function columnNames(start: Start): string[] {
  const names = [...start.columns];
  for (const [role, { index }] of start.found) names[index] = role;
  return names;
}

function missingLines({ missing }: GroupScan): string[] {
  const others = new Set([...missing.values()].flatMap(({ others }) => [...others]));
  if (others.size === 0) return [];
  const all = [...OWN_MISSING, ...others].slice(0, 100);
  return [withComment(`missingValues: ${yamlValue(all)}`, 'check: values that mean nothing')];
}

/** Values that stand in the first record of an order only. */
function fillLines({ found, columns }: Start, { missing }: GroupScan): string[] {
  const order = found.get('order_id');
  const filled = [...missing].filter(
    ([field, { count, fillable }]) =>
      field !== 'order_id' && fillable > 0 && fillable * 100 >= count * 80,
  );
  if (order === undefined || filled.length === 0) return [];
  const names = filled.map(([field]) => columns[found.get(field)?.index ?? 0]);
  const value = yamlValue({ by: columns[order.index], fields: names });
  return [withComment(`fillDown: ${value}`, 'check: only the first line of an order has them')];
}

/** Lines of one field; none, if the column of its own name needs no more. */
function fieldLines({ field, mapping, comment, statuses = [], isOpen }: ProposedField): string[] {
  if (isOpen === true) return [withComment(`# ${field}: {from: …}`, comment)];
  if (statuses.length > 0) return statusLines(mapping, statuses);
  if (Object.keys(mapping).length > 0) {
    return [withComment(`${field}: ${yamlValue(mapping)}`, comment)];
  }
  return comment === null ? [] : [`# ${withComment(field, comment).replace(' # ', ': ')}`];
}

function statusLines(
  mapping: ProposedField['mapping'],
  statuses: NonNullable<ProposedField['statuses']>,
): string[] {
  const known = statuses.filter(({ status }) => status !== null);
  const unknown = statuses.filter(({ status }) => status === null);
  const pairs = Object.entries(mapping);
  const [mark, valuesLine] = known.length === 0 ? ['# ', '# values:'] : ['', 'values:'];
  return [
    'status:',
    ...pairs.map(([key, value]) => `  ${key}: ${yamlValue(value)}`),
    `  ${valuesLine}`,
    ...known.map(({ spelling, status, count }) =>
      withComment(`    ${yamlValue(spelling)}: ${status}`, count === 0 ? null : recordsText(count)),
    ),
    ...unknown.map(({ spelling, count }) =>
      withComment(
        `  ${mark === '' ? '  # ' : '#   '}${yamlValue(spelling)}: …`,
        `${recordsText(count)}: completed, cancelled, pending or processing?`,
      ),
    ),
  ];
}

/** `preset`, and what differs from it. */
function presetEntry(
  match: string,
  name: string,
  preset: InitPreset,
  form: Form,
  scan: GroupScan,
): ProposedEntry {
  const values = (preset.fields?.status?.values ?? {}) as Readonly<Record<string, unknown>>;
  const known = new Set(Object.keys(values).map((spelling) => spelling.toLowerCase()));
  const statuses = scan.statuses.result().filter((one) => !one.isOwn && !known.has(one.spelling));
  const ownDialect = Object.entries(form.dialect).filter(
    ([key, value]) => JSON.stringify(preset.dialect?.[key]) !== JSON.stringify(value),
  );
  const unknown = statuses.filter(({ status }) => status === null);
  const from = preset.fields?.status?.from;
  const hasStatuses = statuses.length > 0 && typeof from === 'string';
  // Keys of a field replace those of the preset, so its values stand here again.
  const { values: _, ...mapping } = { ...preset.fields?.status } as Record<string, YamlValue>;
  const shipped = Object.entries(values).map(([spelling, status]) => ({
    ...{ spelling, status: status as Status, count: 0, isOwn: false },
  }));
  return {
    lines: [
      `match: ${yamlValue(match)}`,
      `preset: ${yamlValue(name)}`,
      ...form.lines.filter((line) => line.startsWith('encoding')),
      ...(ownDialect.length === 0 ? [] : ['dialect:']),
      ...ownDialect.map(([key, value]) => `  ${key}: ${yamlValue(value)}`),
      ...(hasStatuses
        ? ['fields:', ...statusLines(mapping, [...shipped, ...statuses]).map((line) => `  ${line}`)]
        : []),
    ],
    findings: [{ what: 'preset', value: name, sure: 'sure', example: null }, ...form.findings],
    open: [],
    lost: form.lost + unknown.reduce((sum, { count }) => sum + count, 0),
  };
}

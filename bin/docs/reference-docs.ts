import { toJsonSchema } from '@valibot/to-json-schema';
import type { Column } from '../../lambdas/shared/model/column.ts';
import { CONFIG_SCHEMA } from '../../lambdas/shared/model/config.ts';
import { type ConfigKey, groupsOf, keysOf } from '../../lambdas/shared/model/config-nodes.ts';
import { GROUP_ALLOWED } from '../../lambdas/shared/model/config-values.ts';
import { type Table, tablesOf } from '../../lambdas/shared/model/tables.ts';

/**
 * The documents that are made from code. Each is a pure function; `generate-docs.ts` writes them.
 */

export const NOTICE =
  '<!-- Made by `npm run docs:generate`; edit the code it is made from instead. -->\n';

/** The JSON schema of the config, for editors: `config/tandem.yaml` points to it. */
export function configJsonSchema(): string {
  const schema = toJsonSchema(CONFIG_SCHEMA, { typeMode: 'input', errorMode: 'ignore' });
  // Editors show the description only, so what is allowed goes there; `allowed` is no word of JSON
  // Schema.
  const withHints = (_: string, node: unknown) => {
    if (typeof node !== 'object' || node === null || !('allowed' in node)) return node;
    const { allowed, ...rest } = node as { allowed: string; description: string };
    // A group without any key (`batch:`) is null in YAML.
    if (allowed === GROUP_ALLOWED) return { ...rest, type: ['object', 'null'] };
    return { ...rest, description: `${rest.description.replace(/[.]$/, '')}; ${allowed}` };
  };
  const title = { $schema: 'http://json-schema.org/draft-07/schema#', title: 'Config of Tandem' };
  return `${JSON.stringify({ ...title, ...schema }, withHints, 2)}\n`;
}

/**
 * The generated docs/config.md: every key with default, meaning and allowed values, from the
 * schema.
 */
export function configMarkdown(): string {
  const keys = keysOf(CONFIG_SCHEMA);
  const isIn = (name: string) => new RegExp(`^${name}([.]|\\[\\][.]|$)`);
  const sections = groupsOf(CONFIG_SCHEMA).map(({ name, description }) => {
    const rows = alike(keys.filter((key) => isIn(name).test(key.name))).map(keyRow);
    return (
      `## ${name}\n\n${description}\n\n` +
      '| key | default | meaning | allowed |\n| --- | --- | --- | --- |\n' +
      `${rows.join('\n')}\n`
    );
  });
  return `${NOTICE}
# Config keys

Every command reads the file of \`--config\`, or \`config/tandem.yaml\` if it exists. Keys that you leave
out have their default. Unknown keys, wrong types and invalid values are errors (exit code 2); the
message names the key, its line, the value and the allowed values. Command line options override the
config. Keys are a public interface.

\`config_hash\` in a manifest is the SHA-256 of the groups that determine the contents and bytes of
tables, \`rules\`, \`windows\`, \`parquet\` and, unless it is empty, \`input\` with its presets filled in,
as JSON with sorted keys.

${sections.join('\n')}`;
}

/** Options that several fields of a mapping have: one key for all of them, as its name says. */
function alike(keys: readonly ConfigKey[]): ConfigKey[] {
  const groups = new Map<string, { key: ConfigKey; fields: string[]; option: string }>();
  for (const key of keys) {
    const [, field, option] = /^input\[\][.]fields[.](\w+)[.](\w+)$/.exec(key.name) ?? [];
    const { name, ...rest } = key;
    const id = JSON.stringify([option ?? name, rest]);
    const group = groups.get(id) ?? { key, fields: [], option };
    groups.set(id, group);
    if (field !== undefined) group.fields.push(field);
  }
  return [...groups.values()].map(({ key, fields, option }) => {
    if (fields.length < 2) return key;
    const shown = fields.length === 2 ? fields.join(', ') : `${fields[0]}, …, ${fields.at(-1)}`;
    return { ...key, name: `input[].fields.{${shown}}.${option}` };
  });
}

function keyRow({ name, defaultValue, isRequired, description, allowed }: ConfigKey): string {
  const standing = isRequired ? 'required' : defaultText(defaultValue);
  return `| \`${name}\` | ${standing} | ${cell(description)} | ${cell(allowed)} |`;
}

function defaultText(value: unknown): string {
  if (value === undefined) return '';
  if (value === null || typeof value !== 'object') return `\`${value}\``;
  const parts = Array.isArray(value)
    ? value.map((item) => `\`${item}\``)
    : Object.entries(value).map(([key, item]) => `\`${key}\` → \`${item}\``);
  return parts.join(', ');
}

/** The generated docs/tables.md: every table and column, from their one definition. */
export function tablesMarkdown(): string {
  const stream = new Map(tablesOf('stream').map((table) => [table.name, table]));
  const batch = tablesOf('batch');
  const streamOnly = tablesOf('stream').filter(
    ({ name }) => !batch.some((table) => table.name === name),
  );
  const sections = batch.map((table) => tableSection(table, stream.get(table.name) ?? null));
  sections.push(...streamOnly.map((table) => tableSection(table, null)));
  return `${NOTICE}
# Tables

All tables are Parquet files. Field ids are stable. Only columns marked "yes" under null can be null. A
table without rows has no file. The manifest of the current publication lists the files of each table;
\`tandem show TABLE --files\` prints their addresses.

TIMESTAMP is an instant in UTC in microseconds (INT64, isAdjustedToUTC); values are whole milliseconds.

pandas, pyarrow, dask, Polars, Spark, DuckDB and DataFusion read these files, and the folder of a run or
epoch of a table, with their default options (\`test/docs/other-readers.test.ts\`). The files of a day are
below \`day=2026-01-31/\`: a reader that turns folder names into columns adds \`day\`, which no file
contains. Files of versions up to 0.1.0 are below \`order_date=2026-01-31/\` and use milliseconds; Tandem
reads both. pyarrow and libraries based on it read them with \`partitioning=None\`.

${sections.join('\n')}`;
}

function tableSection(table: Table, streamTable: Table | null): string {
  const doorText = table.door === 'stream' ? ' Stream only.' : '';
  const partition = table.partitionBy === null ? 'none' : `\`${table.partitionBy}\``;
  const columns = table.columns.map(columnRow).join('\n');
  return (
    `## ${table.name}\n\n${table.description}${doorText}\n\n` +
    `Partitioned by: ${partition}. Sorted by: ${sortText(table)}.\n\n` +
    '| id | column | type | null | meaning |\n| --- | --- | --- | --- | --- |\n' +
    `${columns}\n${streamText(table, streamTable)}`
  );
}

function sortText(table: Table): string {
  return table.sortedBy
    .map(({ column, descending }) => `\`${column}\`${descending === true ? ' descending' : ''}`)
    .join(', ');
}

function columnRow({ fieldId, name, type, isNullable, description }: Column): string {
  const typeText =
    type.kind === 'decimal' ? `DECIMAL(${type.precision},${type.scale})` : type.kind.toUpperCase();
  const nullText = isNullable ? 'yes' : 'no';
  return `| ${fieldId} | \`${name}\` | ${typeText} | ${nullText} | ${cell(description)} |`;
}

/** Doors differ in the columns of position only. */
function streamText(table: Table, streamTable: Table | null): string {
  if (streamTable === null) return '';
  const lastNames = (from: Table, other: Table) =>
    from.columns
      .filter((column) => !other.columns.some(({ name }) => name === column.name))
      .map(({ name, fieldId }) => `\`${name}\` (${fieldId})`);
  const batchOnly = lastNames(table, streamTable);
  const streamOnly = lastNames(streamTable, table);
  if (batchOnly.length === 0 && streamOnly.length === 0) return '';
  return `\nThe stream's table has ${streamOnly.join(', ')} instead of ${batchOnly.join(', ')}.\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('*', '\\*');
}

import { type Command, Option } from 'commander';
import { distance } from 'fastest-levenshtein';
import type { Column } from '../../lambdas/shared/model/column.ts';
import { TerminalError, UsageError } from '../../lambdas/shared/model/errors.ts';
import {
  type Door,
  TABLE_NAMES,
  type TableName,
  tableOf,
  tablesOf,
} from '../../lambdas/shared/model/tables.ts';
import { DEFAULT_CONSUMER } from '../../lambdas/shared/state/lake-keys.ts';
import type {
  CommandContext,
  CommandResult,
  CommonOptions,
  StartCommand,
} from '../base/command.ts';
import { failureOf } from '../base/failure.ts';
import { currentPublication, tableFilesOf } from '../lake/lake.ts';
import { type Condition, parseColumns, parseConditions } from '../lake/row-filter.ts';
import { tableRows } from '../lake/table-rows.ts';
import { wholeNumberOption } from '../options/option-values.ts';
import { addConsumerOption, addLakeOption } from '../options/stream-options.ts';
import { addTargetOption, openLake, PUBLISHERS, type TargetOptions } from '../options/target.ts';
import { untilAborted, writeText } from '../text/output.ts';
import { csvText, jsonText, ndjsonText, type RowsAsText } from '../text/row-formats.ts';
import { tableText } from '../text/table-text.ts';
import { counted, withCommas } from '../text/text-table.ts';

const TEXT_LIMIT = 20;
const MAX_LIMIT = 1_000_000_000;

const FORMATS = ['table', 'csv', 'json', 'ndjson'] as const;
type Format = (typeof FORMATS)[number];

interface ShowCommandOptions extends CommonOptions, TargetOptions {
  readonly lake?: string;
  readonly of: Door;
  readonly limit?: number;
  readonly where?: readonly string[];
  readonly columns?: string;
  readonly count?: true;
  readonly format?: Format;
  readonly files?: true;
  readonly consumer: string;
}

const DESCRIPTION =
  'Print rows of a table of the current publication.\n\n' +
  'Money and 64-bit integers are exact. In a table null is shown as ∅, and a terminal cuts ' +
  'wide rows to its width. csv, json and ndjson hold every value unchanged; null is an ' +
  'empty field in csv.';

const EXAMPLES = `
Tables: ${TABLE_NAMES.slice(0, 5).join(', ')} (late: stream only),
  ${TABLE_NAMES.slice(5).join(', ')}

Examples:
  $ tandem show top_products
  $ tandem show quarantine --limit 5 --columns issues,raw
  $ tandem show orders --where product_id=p7 order_date=2026-01-31
  $ tandem show orders --where status=pending status=processing --count
  $ tandem show orders --format csv > orders.csv
  $ tandem show daily_revenue --json
  $ tandem show late --of stream
  $ tandem show top_products --target aws
  $ duckdb -c "FROM '$(tandem show daily_revenue --files)'"
`;

/** Adds `tandem show`: options, help and action. */
export function defineShow(command: Command, start: StartCommand): void {
  addLakeOption(command.description(DESCRIPTION).argument('<table>', 'table name, see below'))
    .addOption(
      new Option('--of <door>', 'whose tables').choices(['batch', 'stream']).default('batch'),
    )
    .option(
      '--limit <n>',
      `maximum rows to print (default: ${TEXT_LIMIT} as a table, all in other formats)`,
      wholeNumberOption(1, MAX_LIMIT),
    )
    .option(
      '--where <column=value...>',
      'only rows with these values; repeat a column to accept any of several; COLUMN= matches null',
    )
    .option(
      '--columns <names>',
      'columns to print, in this order, separated by commas (default: all)',
    )
    .addOption(
      new Option('--count', 'print the number of rows instead').conflicts([
        'limit',
        'columns',
        'format',
      ]),
    )
    .addOption(
      new Option('--format <format>', 'output format (default: table; with --json: json)').choices(
        FORMATS,
      ),
    )
    .addOption(
      new Option(
        '--files',
        'print the addresses of the table’s Parquet files instead, one per line',
      ).conflicts(['limit', 'where', 'columns', 'count', 'format']),
    );
  addTargetOption(addConsumerOption(command))
    .addHelpText('after', EXAMPLES)
    .action((table: string, options: ShowCommandOptions) =>
      start(options, (context) => show(table, options, context)),
    );
}

async function show(
  name: string,
  options: ShowCommandOptions,
  context: CommandContext,
): Promise<CommandResult | null> {
  const door = options.of;
  const table = tableNamed(name, door);
  const wanted = wantedOf(table, options, context);
  const { store, files, addressOf } = await openTable(table, options, context);
  if (options.files === true) {
    const addresses = files.map(({ key }) => addressOf(key));
    return {
      json: { table, files: addresses },
      text: addresses.map((address) => `${address}\n`).join(''),
    };
  }
  const { limit, columns, conditions } = wanted;
  const allRows = files.reduce((sum, file) => sum + file.rows, 0);
  if (options.count === true) {
    const found = tableRows(store, files, { columns: [], conditions });
    const isAll = conditions.length === 0;
    const count = isAll ? allRows : await countOf(untilAborted(found, context.signal));
    return { json: { table, count }, text: `${count}\n` };
  }
  const names = options.columns === undefined ? undefined : columns.map((column) => column.name);
  const selection = { limit, conditions, ...(names !== undefined && { columns: names }) };
  const rows = untilAborted(tableRows(store, files, selection), context.signal);
  await writeText(formatOf(table, wanted, allRows, context)(rows), context);
  return null;
}

function formatOf(
  table: TableName,
  { format, columns, conditions, limit }: Wanted,
  allRows: number,
  { io, signal }: CommandContext,
): RowsAsText {
  const names = columns.map(({ name }) => name);
  switch (format) {
    case 'csv':
      return csvText(names, io.outColumns !== null);
    case 'ndjson':
      return ndjsonText;
    case 'json':
      return jsonText(table, (error) => failureOf(error, signal));
    case 'table':
      return tableText(columns, io.outColumns, (shownRows) => {
        const all = counted(allRows, 'row');
        if (conditions.length === 0) {
          return shownRows === allRows ? all : `${withCommas(shownRows)} of ${all}`;
        }
        const more = shownRows === limit ? '; there may be more: raise --limit' : '';
        return `${withCommas(shownRows)} of ${all} match${more}`;
      });
  }
}

async function countOf(rows: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of rows) count += 1;
  return count;
}

interface Wanted {
  readonly format: Format;
  readonly columns: readonly Column[];
  readonly conditions: readonly Condition[];
  readonly limit: number;
}

/** Checks the options completely before a lake is opened. */
function wantedOf(
  table: TableName,
  { of: door, consumer, format, columns: names, where, limit }: ShowCommandOptions,
  { isJson }: CommandContext,
): Wanted {
  if (consumer !== DEFAULT_CONSUMER && door === 'batch') {
    throw new UsageError('usage', '--consumer needs --of stream');
  }
  if (isJson && format !== undefined && format !== 'json') {
    throw new UsageError(
      'usage',
      `--json cannot be combined with --format ${format}; leave out one of them`,
    );
  }
  const { columns } = tableOf(door, table);
  const chosen = format ?? (isJson ? 'json' : 'table');
  return {
    format: chosen,
    columns: names === undefined ? columns : parseColumns(names, columns),
    conditions: parseConditions(where ?? [], columns),
    limit: limit ?? (chosen === 'table' ? TEXT_LIMIT : MAX_LIMIT),
  };
}

async function openTable(table: TableName, options: ShowCommandOptions, context: CommandContext) {
  const { of: door, consumer, target } = options;
  const { store, name, addressOf } = await openLake(options, context);
  const publication = await currentPublication(store, door, consumer);
  if (publication === null) {
    const whose = consumer === DEFAULT_CONSUMER ? '' : ` of consumer ${consumer}`;
    const message = `${name} holds no ${door} publication${whose}; run: ${PUBLISHERS[target][door]}`;
    throw new TerminalError('nothing_published', message);
  }
  return { store, addressOf, files: await tableFilesOf(store, publication, table) };
}

function tableNamed(name: string, door: Door): TableName {
  const names = tablesOf(door).map((table) => table.name);
  const table = names.find((candidate) => candidate === name);
  if (table !== undefined) return table;
  // Beyond the difference in length, so that `daily` is near `daily_revenue`.
  const editsTo = (other: string) => distance(name, other) - Math.abs(name.length - other.length);
  const nearest = names.toSorted((a, b) => editsTo(a) - editsTo(b))[0];
  throw new UsageError(
    'table_unknown',
    `the ${door} publication has no table ${name} (Did you mean ${nearest}?) ` +
      `Allowed: ${names.join(', ')}.`,
  );
}

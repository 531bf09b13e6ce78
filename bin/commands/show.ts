import { type Command, Option } from 'commander';
import { distance } from 'fastest-levenshtein';
import {
  type Door,
  TABLE_NAMES,
  type TableName,
  tablesOf,
} from '../../lambdas/shared/model/tables.ts';
import { TerminalError, UsageError } from '../../lambdas/shared/runtime/errors.ts';
import { DEFAULT_CONSUMER } from '../../lambdas/shared/state/lake-keys.ts';
import type { CommandContext, CommandResult, CommonOptions, StartCommand } from '../command.ts';
import { currentPublication, tableFilesOf } from '../lake.ts';
import type { ManifestFile } from '../manifest-view.ts';
import { pathOption, wholeNumberOption } from '../option-values.ts';
import { rowsText } from '../rows-text.ts';
import { addConsumerOption } from '../stream-options.ts';
import { type Row, tableRows } from '../table-rows.ts';
import { addTargetOption, openLake, PUBLISHERS, type TargetOptions } from '../target.ts';
import { withCommas } from '../text-table.ts';

const TEXT_LIMIT = 20;
const MAX_LIMIT = 1_000_000_000;
const JSON_ROWS_AT_ONCE = 1_000;

interface ShowCommandOptions extends CommonOptions, TargetOptions {
  readonly lake?: string;
  readonly of: Door;
  readonly limit?: number;
  readonly files?: true;
  readonly consumer: string;
}

const DESCRIPTION =
  'Rows of a table as the current publication has them, read from the files that its manifest ' +
  'lists. Money and 64-bit integers are exact; null is shown as ∅.';

const EXAMPLES = `
Tables: ${TABLE_NAMES.slice(0, 5).join(', ')} (late: stream only),
  ${TABLE_NAMES.slice(5).join(', ')}

Examples:
  $ tandem show top_products
  $ tandem show quarantine --limit 5
  $ tandem show daily_revenue --json
  $ tandem show late --of stream
  $ tandem show top_products --target aws
  $ duckdb -c "FROM '$(tandem show daily_revenue --files)'"
`;

export function defineShow(command: Command, start: StartCommand): void {
  command
    .description(DESCRIPTION)
    .argument('<table>', 'its name')
    .option(
      '--lake <dir>',
      'folder of the lake (default: paths.lake of the config, data/lake)',
      pathOption,
    )
    .addOption(
      new Option('--of <door>', 'which publication').choices(['batch', 'stream']).default('batch'),
    )
    .option(
      '--limit <n>',
      `rows at most (default: ${TEXT_LIMIT}; with --json all)`,
      wholeNumberOption(1, MAX_LIMIT),
    )
    .option('--files', 'the addresses of its files instead, one a line, for other engines');
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
  const { consumer } = options;
  if (consumer !== DEFAULT_CONSUMER && door === 'batch') {
    throw new UsageError('usage', '--consumer goes with --of stream');
  }
  const { store: lake, name: lakeName, addressOf } = await openLake(options, context);
  const publication = await currentPublication(lake, door, consumer);
  if (publication === null) {
    const whose = consumer === DEFAULT_CONSUMER ? '' : ` of consumer ${consumer}`;
    const hint = PUBLISHERS[options.target][door];
    const message = `${lakeName} holds no ${door} publication${whose}; run: ${hint}`;
    throw new TerminalError('nothing_published', message);
  }
  const files = await tableFilesOf(lake, publication, table);
  if (options.files === true) {
    const addresses = files.map(({ key }) => addressOf(key));
    return {
      json: { table, files: addresses },
      text: addresses.map((address) => `${address}\n`).join(''),
    };
  }
  const rows = tableRows(lake, files, options.limit ?? (context.isJson ? MAX_LIMIT : TEXT_LIMIT));
  if (!context.isJson) return textResult({ door, table, files }, rows);
  await writeJsonRows(table, rows, context);
  return null;
}

async function textResult(
  { door, table, files }: { door: Door; table: TableName; files: readonly ManifestFile[] },
  rows: AsyncIterable<Row>,
): Promise<CommandResult> {
  const shown: Row[] = [];
  for await (const row of rows) shown.push(row);
  const rowCount = files.reduce((sum, file) => sum + file.rows, 0);
  const shownText = shown.length === rowCount ? '' : `${withCommas(shown.length)} of `;
  const noun = rowCount === 1 ? 'row' : 'rows';
  return {
    json: null,
    text: `${rowsText(door, table, shown)}\n${shownText}${withCommas(rowCount)} ${noun}\n`,
  };
}

/** A table can be larger than memory, so the one JSON object is written piece by piece. */
async function writeJsonRows(
  table: TableName,
  rows: AsyncIterable<Row>,
  { io, signal }: CommandContext,
): Promise<void> {
  let piece = `{"table":"${table}","rows":[`;
  let rowsInPiece = 0;
  let separator = '';
  for await (const row of rows) {
    piece += separator + JSON.stringify(row);
    separator = ',\n';
    rowsInPiece += 1;
    if (rowsInPiece < JSON_ROWS_AT_ONCE) continue;
    signal.throwIfAborted();
    await io.writeOut(piece);
    if (io.isOutClosed) return;
    piece = '';
    rowsInPiece = 0;
  }
  await io.writeOut(`${piece}]}\n`);
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

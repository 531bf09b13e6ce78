import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { FileObjectStore } from '../../lambdas/shared/adapters/local/file-object-store.ts';
import { TerminalError } from '../../lambdas/shared/runtime/errors.ts';
import { batchSummary } from '../batch-summary.ts';
import type { CommandContext, CommandResult, CommonOptions, StartCommand } from '../command.ts';
import { currentPublication, filesOf } from '../lake.ts';
import { pathOption, wholeNumberOption } from '../option-values.ts';
import { rowsText } from '../rows-text.ts';
import { type Row, tableRows } from '../table-rows.ts';
import { secondsText, withCommas } from '../text-table.ts';
import { batchJson, runBatchWithProgress } from './batch.ts';
import { generateInto, MAX_ORDERS, seedOption } from './generate.ts';

/** A folder that carries this file was filled by `demo`, so `demo` may empty it. */
const MARKER_NAME = '.tandem-demo';

interface DemoCommandOptions extends CommonOptions {
  readonly orders: number;
  readonly seed: number;
  readonly dir: string;
}

const DESCRIPTION =
  'Generates orders, runs the batch over them and prints what became of every record, the ' +
  'revenue and the best products. A folder that an earlier demo filled is emptied first; any ' +
  'other one that is not empty is left alone and an error.';

const EXAMPLES = `
Examples:
  $ tandem demo
  $ tandem demo --orders 1000000 --seed 7 --dir data/big-demo
`;

export function defineDemo(command: Command, start: StartCommand): void {
  command
    .description(DESCRIPTION)
    .option(
      '--orders <n>',
      'number of orders; those sent twice come on top',
      wholeNumberOption(1, MAX_ORDERS),
      10_000,
    )
    .option('--seed <s>', 'number that decides all draws', seedOption, 42)
    .option('--dir <dir>', 'folder for landing and lake', pathOption, 'data/demo')
    .addHelpText('after', EXAMPLES)
    .action((options: DemoCommandOptions) => start(options, (context) => demo(options, context)));
}

async function demo(options: DemoCommandOptions, context: CommandContext): Promise<CommandResult> {
  const { dir } = options;
  await emptyDemoFolder(dir);
  const landingDir = join(dir, 'landing');
  const lakeDir = join(dir, 'lake');
  const say = (text: string) => {
    if (!context.isJson) context.io.writeErr(`${text}\n`);
  };

  say(`1/2 generating ${withCommas(options.orders)} orders into ${landingDir}`);
  const landing = await generateInto(landingDir, { ...options, files: 1 }, context);
  say(`2/2 running the batch over ${withCommas(landing.rows)} rows`);
  const result = await runBatchWithProgress({ landingDir, lakeDir }, context);
  const topProducts = await rowsOfTopProducts(lakeDir);

  return {
    json: {
      dir,
      orders: options.orders,
      seed: options.seed,
      rows: landing.rows,
      batch: batchJson(result),
      top_products: topProducts,
    },
    text:
      `run ${result.runId}: ${result.status} in ${secondsText(result.durationMs)}\n\n` +
      `${batchSummary(result.manifest)}\n` +
      `${rowsText('batch', 'top_products', topProducts)}\n` +
      `results: ${resolve(lakeDir)}\n` +
      `next: npx tandem show daily_revenue --lake ${lakeDir}\n`,
  };
}

async function rowsOfTopProducts(lakeDir: string): Promise<Row[]> {
  const lake = new FileObjectStore(lakeDir);
  const publication = await currentPublication(lake, 'batch');
  if (publication === null) return [];
  const rows: Row[] = [];
  for await (const row of tableRows(lake, filesOf(publication, 'top_products'))) rows.push(row);
  return rows;
}

async function emptyDemoFolder(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  const names = await readdir(dir);
  if (names.length > 0 && !names.includes(MARKER_NAME)) {
    throw new TerminalError(
      'demo_dir_not_empty',
      `${dir} is not empty and was not made by demo (no ${MARKER_NAME}); choose another --dir`,
    );
  }
  // The marker first and never removed: whenever this stops, the folder is known as the demo's.
  await writeFile(join(dir, MARKER_NAME), 'tandem demo may empty this folder\n');
  for (const name of names) {
    if (name !== MARKER_NAME) await rm(join(dir, name), { recursive: true });
  }
}

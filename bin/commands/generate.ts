import type { Command } from 'commander';
import { FileObjectStore } from '../../lambdas/shared/adapters/local/file-object-store.ts';
import { UsageError } from '../../lambdas/shared/model/errors.ts';
import {
  type GeneratedLanding,
  generateOrders,
} from '../../lib/embedded/generate/generate-orders.ts';
import type {
  CommandContext,
  CommandResult,
  CommonOptions,
  StartCommand,
} from '../base/command.ts';
import { pathOption, wholeNumberOption } from '../options/option-values.ts';
import { createProgress } from '../text/progress.ts';
import { byteText, counted, secondsText } from '../text/text-table.ts';

export const MAX_ORDERS = 1_000_000_000;
const MAX_FILES = 10_000;

interface GenerateCommandOptions extends CommonOptions {
  readonly out?: string;
  readonly orders: number;
  readonly seed: number;
  readonly files: number;
  readonly gzip?: true;
}

const DESCRIPTION =
  'Write sample orders, customers and products as CSV, with known defects.\n\n' +
  'Creates orders/, customers/ and products/ below --out, rows in order of arrival. The ' +
  'same seed and config give the same bytes. The generate keys of the config set the ' +
  'shares of duplicates, negative numbers, missing ids and late arrivals. Replaces files ' +
  'of an earlier generate; fails if any other files are in the way.';

const EXAMPLES = `
Examples:
  $ tandem generate --out data/landing
  $ tandem generate --out data/big --orders 10000000 --files 4      about 570 MB in four files
  $ tandem generate --out data/landing --seed 7 --gzip
`;

/** Adds `tandem generate`: options, help and action. */
export function defineGenerate(command: Command, start: StartCommand): void {
  command
    .description(DESCRIPTION)
    .option('--out <dir>', 'folder to write to (required)', pathOption)
    .option(
      '--orders <n>',
      'number of distinct orders; duplicates come on top',
      wholeNumberOption(1, MAX_ORDERS),
      10_000,
    )
    .option(
      '--seed <s>',
      'seed of all random values; the same seed gives the same orders',
      seedOption,
      42,
    )
    .option(
      '--files <k>',
      'number of orders files, of about equal size',
      wholeNumberOption(1, MAX_FILES),
      1,
    )
    .option('--gzip', 'compress the orders files with gzip')
    .addHelpText('after', EXAMPLES)
    .action((options: GenerateCommandOptions) =>
      start(options, (context) => generate(options, context)),
    );
}

export const seedOption = wholeNumberOption(0, Number.MAX_SAFE_INTEGER);

async function generate(
  options: GenerateCommandOptions,
  context: CommandContext,
): Promise<CommandResult> {
  const { out } = options;
  // Checked here, because commander would report it before misspelt options.
  if (out === undefined)
    throw new UsageError(
      'option_missing',
      '--out DIR is missing: the folder to write to, such as data/landing',
    );
  const startedAtMs = performance.now();
  const landing = await generateInto(out, options, context);
  const durationMs = Math.round(performance.now() - startedAtMs);
  const { orders, rows, bytes, files } = landing;
  const text =
    `${counted(orders, 'order')}, ${counted(rows, 'row')} with duplicates, ` +
    `${byteText(bytes)} in ${secondsText(durationMs)}\n` +
    `written to ${out}; next: npx tandem batch --landing ${out}\n`;
  return {
    json: {
      out,
      seed: options.seed,
      orders,
      rows,
      bytes,
      files,
      duration_ms: durationMs,
    },
    text,
  };
}

/** Generates files below `dir` with a progress bar; `demo` uses it too. */
export async function generateInto(
  dir: string,
  options: Pick<GenerateCommandOptions, 'orders' | 'seed' | 'files' | 'gzip'>,
  context: CommandContext,
): Promise<GeneratedLanding> {
  const progress = await createProgress(context);
  try {
    return await generateOrders({
      store: new FileObjectStore(dir),
      orders: options.orders,
      seed: options.seed,
      files: options.files,
      isGzip: options.gzip === true,
      config: context.config.generate,
      signal: context.signal,
      onProgress: ({ rowsDone, rowsTotal }) =>
        progress.show({ stage: 'generate', done: rowsDone, total: rowsTotal, unit: 'rows' }),
    });
  } finally {
    progress.stop();
  }
}

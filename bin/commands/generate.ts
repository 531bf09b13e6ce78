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
import { byteText, secondsText, withCommas } from '../text/text-table.ts';

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
  'Writes orders/, customers/ and products/ below a folder: CSV with known defects, in the ' +
  'order in which the orders arrive. The same seed gives the same bytes. Shares of duplicates, ' +
  'negative numbers, missing ids and late arrivals are keys of the config, below generate. ' +
  'Files that an earlier generate wrote are replaced; any others in the way are an error.';

const EXAMPLES = `
Examples:
  $ tandem generate --out data/landing
  $ tandem generate --out data/big --orders 10000000 --files 4      about 570 MB in four parts
  $ tandem generate --out data/landing --seed 7 --gzip
`;

/** Adds `tandem generate`: options, help and action. */
export function defineGenerate(command: Command, start: StartCommand): void {
  command
    .description(DESCRIPTION)
    .option('--out <dir>', 'folder to write below; required', pathOption)
    .option(
      '--orders <n>',
      'number of orders; those sent twice come on top',
      wholeNumberOption(1, MAX_ORDERS),
      10_000,
    )
    .option('--seed <s>', 'number that decides all draws', seedOption, 42)
    .option('--files <k>', 'parts of about equal size', wholeNumberOption(1, MAX_FILES), 1)
    .option('--gzip', 'compress the order files')
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
  if (out === undefined) throw new UsageError('option_missing', '--out DIR is missing');
  const startedAtMs = performance.now();
  const landing = await generateInto(out, options, context);
  const durationMs = Math.round(performance.now() - startedAtMs);
  const { orders, rows, bytes, files } = landing;
  const text =
    `${withCommas(orders)} orders, ${withCommas(rows)} rows with those sent twice, ` +
    `${byteText(bytes)} in ${secondsText(durationMs)}\n` +
    `written below ${out}; next: npx tandem batch --landing ${out}\n`;
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

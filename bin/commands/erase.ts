import type { Command } from 'commander';
import { moveEpochs } from '../../lambdas/catalogue/register-tables/register-tables.ts';
import { tableOf } from '../../lambdas/shared/model/tables.ts';
import type { StreamContext } from '../../lambdas/shared/state/stream-context.ts';
import { runsBeforeLanding } from '../../lib/embedded/erase/batch-holds.ts';
import {
  type EraseCustomerOptions,
  eraseCustomer,
} from '../../lib/embedded/erase/erase-customer.ts';
import { openLakeToErase } from '../../lib/embedded/erase/open-lake-to-erase.ts';
import type {
  CommandContext,
  CommandResult,
  CommonOptions,
  StartCommand,
} from '../base/command.ts';
import {
  addConsumerOption,
  addDryRunOption,
  addLakeOption,
  addLandingOption,
  foldersOf,
  type StreamFolders,
} from '../options/stream-options.ts';
import { addTargetOption, assertNoneOf, openAws, type TargetOptions } from '../options/target.ts';
import { type Erased, erasedJson, erasedText } from '../text/erase-text.ts';
import { createProgress } from '../text/progress.ts';
import { warningMetrics } from '../text/warning-metrics.ts';

interface EraseCommandOptions extends CommonOptions, StreamFolders, TargetOptions {
  readonly customer: string;
  readonly consumer: string;
  readonly replace?: true;
  readonly dryRun?: true;
}

/**
 * Longest wait for an epoch under way. On AWS it takes a minute at most; on this machine the user
 * must finish it.
 */
const WAIT_MS = { local: 10_000, aws: 5 * 60_000 };

const DESCRIPTION =
  'Remove the personal data of one customer from the published stream tables.\n\n' +
  'First replace the files of customers/ in landing with ones that lack the name and ' +
  'e-mail address of that customer. erase then rewrites the orders of every epoch to what ' +
  'landing says now, and deletes copies of dimensions and reports that hold more. Sums do ' +
  'not change and readers always see complete tables. You can stop it and run it again. ' +
  'SECURITY.md lists all steps and when the last copy is gone.';

const EXAMPLES = `
Examples:
  $ tandem erase --customer c-1042 --dry-run       which files, and how many rows
  $ tandem erase --customer c-1042
  $ tandem erase --customer c-1042 --target aws
`;

/** Adds `tandem erase`: options, help and action. */
export function defineErase(command: Command, start: StartCommand): void {
  command.description(DESCRIPTION);
  addLandingOption(command);
  addLakeOption(command)
    .requiredOption('--customer <id>', 'customer_id of the person')
    .option(
      '--replace',
      'accept a name or e-mail address that landing still holds for this customer',
    );
  addTargetOption(addConsumerOption(addDryRunOption(command)))
    .addHelpText('after', EXAMPLES)
    .action((options: EraseCommandOptions) => start(options, (context) => erase(options, context)));
}

async function erase(
  options: EraseCommandOptions,
  context: CommandContext,
): Promise<CommandResult> {
  if (options.target === 'aws') return await eraseOnAws(options, context);
  const { config, io } = context;
  const folders = foldersOf(options, config);
  const metrics = warningMetrics(io);
  const { consumer } = options;
  const sight = await openLakeToErase({ ...folders, config, consumer, metrics });
  try {
    return await eraseWith(sight.context, options, context);
  } finally {
    sight.close();
  }
}

async function eraseOnAws(
  options: EraseCommandOptions,
  context: CommandContext,
): Promise<CommandResult> {
  assertNoneOf({ ...options }, ['landing', 'lake']);
  const { sightOf } = await import('../aws/while-waiting.ts');
  const { openCatalogue } = await import('../../lib/aws/client/open-catalogue.ts');
  const resources = await openAws(context);
  const sight = await sightOf(resources, context, options.consumer);
  const catalogue = await openCatalogue(context.config, resources);
  const moveParts: EraseCustomerOptions['moveParts'] = async (folders) => {
    if (catalogue !== null) await moveEpochs(catalogue, tableOf('stream', 'orders'), folders);
  };
  return await eraseWith(sight.context, options, context, moveParts);
}

async function eraseWith(
  stream: StreamContext,
  options: EraseCommandOptions,
  context: CommandContext,
  moveParts?: EraseCustomerOptions['moveParts'],
): Promise<CommandResult> {
  const { customer: customerId, target } = options;
  const progress = await createProgress(context);
  let erased: Erased;
  try {
    const done = await eraseCustomer(stream, {
      customerId,
      mayHaveNames: options.replace === true,
      isDryRun: options.dryRun === true,
      waitMs: WAIT_MS[target],
      signal: context.signal,
      onEpoch: (epoch, newest) => {
        const step = { stage: 'epochs', done: newest - epoch + 1, total: newest, unit: 'epochs' };
        progress.show(step);
      },
      ...(moveParts === undefined ? {} : { moveParts }),
    });
    const olderRuns = await runsBeforeLanding(stream.lake, stream.landing);
    erased = { ...done, customerId, olderRuns, target, isDryRun: options.dryRun === true };
  } finally {
    progress.stop();
  }
  return { json: erasedJson(erased), text: erasedText(erased) };
}

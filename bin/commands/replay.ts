import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Command } from 'commander';
import { UsageError } from '../../lambdas/shared/model/errors.ts';
import { DEFAULT_CONSUMER, StreamLakeKeys } from '../../lambdas/shared/state/lake-keys.ts';
import { replayRaw } from '../../lambdas/stream/operate/replay/replay-raw.ts';
import type {
  CommandContext,
  CommandResult,
  CommonOptions,
  StartCommand,
} from '../base/command.ts';
import { checkDimensionFolder } from '../options/landing-folder.ts';
import { consumerOption, instantOption } from '../options/option-values.ts';
import {
  addLakeOption,
  addLandingOption,
  addStreamOption,
  type Folders,
  folderFlags,
  foldersOf,
  openStream,
  type StreamFolders,
} from '../options/stream-options.ts';
import { addTargetOption, assertNoneOf, type TargetOptions } from '../options/target.ts';
import { createProgress } from '../text/progress.ts';
import { counted } from '../text/text-table.ts';
import { consumerFlag, currentEpoch, epochText, streamJson, streamWithView } from './stream.ts';

interface ReplayCommandOptions extends CommonOptions, StreamFolders, TargetOptions {
  readonly consumer: string;
  readonly from?: 'raw' | 'stream';
  readonly since?: string;
}

const DESCRIPTION =
  'Fill a new consumer, with its own tables, from the raw archive or from the stream.\n\n' +
  'Other consumers are not changed. From the raw archive of the default consumer, the same ' +
  'rules give the same outcomes; the stream is read from its start or from --since on. Run ' +
  'it again to continue a stopped replay or to add what arrived since, then go on with ' +
  '`tandem stream --consumer NAME`. With --target aws a state machine does the work and ' +
  'needs no open terminal.';

const EXAMPLES = `
Examples:
  $ tandem replay --consumer audit                       from the raw archive
  $ tandem replay --consumer audit --from stream
  $ tandem replay --consumer week --since 2026-01-26T00:00:00Z
  $ tandem replay --consumer audit --from raw --target aws

A consumer keeps the rules and times it began with: to replay under others, change the config and
choose another name.
`;

/** Adds `tandem replay`: options, help and action. */
export function defineReplay(command: Command, start: StartCommand): void {
  command.description(DESCRIPTION);
  addStreamOption(command);
  addLandingOption(command);
  addTargetOption(addLakeOption(command))
    .requiredOption(
      '--consumer <name>',
      'consumer to fill (required); any name but default',
      consumerOption,
    )
    .option('--from <where>', 'raw or stream (default: raw; with --since: stream)', fromOption)
    .option(
      '--since <instant>',
      'only records that arrived at or after this instant',
      instantOption,
    )
    .addHelpText('after', EXAMPLES)
    .action((options: ReplayCommandOptions) =>
      start(options, (context) => replay(options, context)),
    );
}

function fromOption(text: string): 'raw' | 'stream' {
  if (text === 'raw' || text === 'stream') return text;
  throw new UsageError('usage', `--from is ${text}; allowed: raw, stream`);
}

async function replay(
  options: ReplayCommandOptions,
  context: CommandContext,
): Promise<CommandResult> {
  const { consumer, since } = options;
  const from = options.from ?? (since === undefined ? 'raw' : 'stream');
  if (consumer === DEFAULT_CONSUMER) {
    throw new UsageError(
      'usage',
      '--consumer is default; replay fills a new consumer, so choose another name',
    );
  }
  if (from === 'raw' && since !== undefined) {
    throw new UsageError(
      'usage',
      '--since needs --from stream: the raw archive is always replayed in full',
    );
  }
  if (options.target === 'aws') return await replayOnAws(options, from, context);
  const folders = foldersOf(options, context.config);
  checkDimensionFolder(options, folders, context.io);
  const records = from === 'raw' ? await replayArchive(folders, consumer, context) : null;
  if (since !== undefined) {
    const local = await openStream(folders, consumer, context, since);
    local.close();
  }
  context.signal.throwIfAborted();
  const epoch = await streamWithView({ folders, goal: 'idle', consumer }, context);
  const flags = folderFlags(options, ['stream', 'landing', 'lake']) + consumerFlag(consumer);
  return {
    json: { ...streamJson(epoch), consumer, replayed_from_raw: records },
    text:
      (records === null ? '' : `${counted(records, 'record')} replayed from the raw archive\n`) +
      (epoch === null ? 'nothing was published\n' : epochText(epoch, folders.lakeDir)) +
      `next: npx tandem drain${flags}\n`,
  };
}

async function replayOnAws(
  options: ReplayCommandOptions,
  from: 'raw' | 'stream',
  context: CommandContext,
): Promise<CommandResult> {
  assertNoneOf({ ...options }, ['stream', 'landing', 'lake']);
  const { consumer, since = null } = options;
  const { replayDeployed } = await import('../aws/replay-deployed.ts');
  const { name, result, epoch, lakeBucket } = await replayDeployed(
    { consumer, from, since },
    ({ context: sight }) => currentEpoch(sight),
    context,
  );
  const { records, epochs } = result;
  return {
    json: { ...streamJson(epoch), consumer, replay: name, records, epochs },
    text:
      `replay ${name}: ${counted(records, 'record')} in ${counted(epochs, 'epoch')}\n` +
      (epoch === null ? 'nothing was published\n' : epochText(epoch, `s3://${lakeBucket}`)) +
      `next: npx tandem reconcile --target aws${consumerFlag(consumer)}\n`,
  };
}

async function replayArchive(
  folders: Folders,
  consumer: string,
  context: CommandContext,
): Promise<number> {
  const local = await openStream(folders, consumer, context);
  const progress = await createProgress(context);
  let records = 0;
  try {
    const source = new StreamLakeKeys(DEFAULT_CONSUMER, context.config.stream.name);
    for await (const step of replayRaw(local.context, source, () => context.signal.aborted)) {
      const { epoch: done, lastEpoch: total } = step;
      progress.show({ stage: 'replay', done, total, unit: 'epochs' });
      records = step.records;
      // Nothing here may ever wait for long enough that ctrl-C is heard.
      await nextTurn();
      context.signal.throwIfAborted();
    }
  } finally {
    progress.stop();
    local.close();
  }
  return records;
}

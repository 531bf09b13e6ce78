import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Warning } from '../../lambdas/shared/model/warning.ts';
import { zeroCounts } from '../../lambdas/shared/rules/outcome.ts';
import { DEFAULT_CONSUMER } from '../../lambdas/shared/state/lake-keys.ts';
import type { StreamContext } from '../../lambdas/shared/state/stream-context.ts';
import type { StreamManifest } from '../../lambdas/shared/state/stream-manifest.ts';
import { currentManifest } from '../../lib/common/current-manifest.ts';
import { isRetryable } from '../../lib/embedded/stream/failures.ts';
import { runStream, type StreamGoal } from '../../lib/embedded/stream/run-stream.ts';
import type {
  CommandContext,
  CommandResult,
  CommonOptions,
  StartCommand,
} from '../base/command.ts';
import { checkDimensionFolder } from '../options/landing-folder.ts';
import { durationOption, wholeNumberOption } from '../options/option-values.ts';
import {
  addConsumerOption,
  addLakeOption,
  addLandingOption,
  addStreamOption,
  type Folders,
  folderFlags,
  foldersOf,
  openStream,
  type StreamFolders,
} from '../options/stream-options.ts';
import { addLocalOnly } from '../options/target.ts';
import { batchSummary } from '../text/batch-summary.ts';
import { type EpochView, windowsText } from '../text/stream-view.ts';
import { readEpochView, watchStream } from '../text/stream-watch.ts';
import { visible } from '../text/visible-text.ts';

interface StreamCommandOptions extends CommonOptions, StreamFolders {
  readonly untilIdle?: true;
  readonly drain?: true;
  readonly batchSize?: number;
  readonly every?: number;
  readonly consumer: string;
}

const DESCRIPTION =
  'Consume the stream and publish its tables in epochs until you stop it.\n\n' +
  'The first ctrl-C finishes the current batch, publishes a last epoch and exits with 0. ' +
  'You can kill it at any moment and start it again: no record is lost or counted twice. A ' +
  'terminal shows a live table; otherwise it prints a line per epoch.';

const EXAMPLES = `
Examples:
  $ tandem stream                                 until ctrl-C
  $ tandem stream --until-idle                    until everything is read; windows stay open
  $ tandem stream --drain --json                  the same, then finalise the open windows
  $ tandem stream --consumer audit --every 10s    a second consumer, with its own tables

A window is final, and part of window_revenue, once the watermark of every shard has reached its
end. Records whose window is final in their shard go to the table late.
`;

/** Adds `tandem stream`: options, help and action. */
export function defineStream(command: Command, start: StartCommand): void {
  command.description(DESCRIPTION);
  addLocalOnly(
    command,
    'on AWS the deployed functions consume and publish; see: npx tandem status --target aws',
  );
  addStreamOption(command);
  addLandingOption(command);
  addLakeOption(command)
    .option('--until-idle', 'exit once every shard is read to its end; open windows stay open')
    .option('--drain', 'run until idle, finalise the open windows, then exit')
    .option(
      '--batch-size <n>',
      'maximum records per read (default: stream.batchSize of the config, 1000)',
      wholeNumberOption(1, 10_000),
    )
    .option(
      '--every <duration>',
      'time between two epochs, from 1s to 1h (default: stream.every of the config, 60s)',
      durationOption('1s', '1h'),
    );
  addConsumerOption(command)
    .addHelpText('after', EXAMPLES)
    .action((options: StreamCommandOptions) =>
      start(options, (context) => stream(options, context)),
    );
}

async function stream(
  options: StreamCommandOptions,
  context: CommandContext,
): Promise<CommandResult> {
  const folders = foldersOf(options, context.config);
  checkDimensionFolder(options, folders, context.io);
  const goal = options.drain === true ? 'drained' : options.untilIdle === true ? 'idle' : 'none';
  const epoch = await streamWithView({ ...options, folders, goal }, context);
  return {
    json: streamJson(epoch),
    text:
      epoch === null
        ? 'nothing was published: the stream is empty\n'
        : `${epochText(epoch, folders.lakeDir)}next: ${nextStep(options, goal)}\n`,
  };
}

function nextStep(options: StreamCommandOptions, goal: StreamGoal): string {
  const consumer = consumerFlag(options.consumer);
  return goal === 'drained'
    ? `npx tandem show top_products --of stream${folderFlags(options, ['lake'])}${consumer}`
    : `npx tandem drain${folderFlags(options, ['stream', 'landing', 'lake'])}${consumer}`;
}

/** The flag that names a consumer in a suggested command; empty for the default one. */
export function consumerFlag(consumer: string): string {
  return consumer === DEFAULT_CONSUMER ? '' : ` --consumer ${consumer}`;
}

/** Warnings of an epoch; one published by an earlier version has none. */
export function warningsOf(manifest: Partial<StreamManifest>): readonly Warning[] {
  return manifest.warnings ?? [];
}

/** An epoch for `--json` (contract §6). */
export function streamJson(epoch: EpochView | null): Record<string, unknown> {
  if (epoch === null) {
    return {
      epoch: null,
      manifest: null,
      counts: zeroCounts(),
      watermark: null,
      revenue: '0.00',
      warnings: [],
    };
  }
  const { manifest, manifestKey } = epoch;
  const { counts, watermark, revenue } = manifest;
  const warnings = warningsOf(manifest);
  return { epoch: manifest.epoch, manifest: manifestKey, counts, watermark, revenue, warnings };
}

/** A summary of an epoch for people. */
export function epochText(epoch: EpochView, lakeDir: string): string {
  const { manifest, manifestKey } = epoch;
  return (
    `epoch ${manifest.epoch} of stream ${manifest.stream}: ${windowsText(epoch)}\n\n` +
    `${batchSummary(manifest)}` +
    `tables: ${lakeDir.startsWith('s3://') ? lakeDir : resolve(lakeDir)}, as ${manifestKey} and those before it list them\n`
  );
}

/**
 * Runs a local stream with its live view; `demo` uses it too. Returns the epoch that is current at
 * the end.
 */
export async function streamWithView(
  options: {
    readonly folders: Folders;
    readonly goal: StreamGoal;
    readonly batchSize?: number;
    readonly every?: number;
    readonly consumer: string;
    readonly replan?: true;
  },
  context: CommandContext,
): Promise<EpochView | null> {
  const { config, io, signal } = context;
  const { folders, goal, consumer } = options;
  const everyMs = options.every ?? config.stream.publishEveryMs;
  const batchSize = options.batchSize ?? config.stream.batchSize;
  // Warnings may come while a table is drawn.
  let writeErr = (text: string) => io.writeErr(text);
  const warned = { ...io, writeErr: (text: string) => writeErr(text) };
  const local = await openStream(folders, consumer, { ...context, io: warned });
  try {
    const title = `stream ${config.stream.name} in ${folders.streamDir}, consumer ${consumer}`;
    await local.sweep();
    const current = await currentEpoch(local.context);
    const watch = watchStream(local.context, context, { title, everyMs, current });
    writeErr = (text) => watch.say(text.trimEnd());
    try {
      const { observer } = watch;
      const isReplan = options.replan === true;
      const run = { context: local.context, goal, batchSize, everyMs, observer, isReplan, signal };
      await runStream(run);
    } catch (error) {
      // The user asked for the end: what was consumed is in the logs.
      if (!signal.aborted || !isRetryable(error)) throw error;
      io.writeErr(
        `tandem: warning: the last epoch is left to the next run: ${visible(error.message)}\n`,
      );
    } finally {
      await watch.close();
      writeErr = io.writeErr;
    }
    const epoch = await currentEpoch(local.context);
    if (epoch !== null) watch.warn(warningsOf(epoch.manifest));
    return epoch;
  } finally {
    local.close();
  }
}

/** The consumer's current epoch; null while nothing is published. */
export async function currentEpoch(context: StreamContext): Promise<EpochView | null> {
  const manifest = await currentManifest(context);
  return manifest === null ? null : await readEpochView(context, manifest);
}

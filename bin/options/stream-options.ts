import type { Command } from 'commander';
import type { Config } from '../../lambdas/shared/model/config.ts';
import { TerminalError } from '../../lambdas/shared/model/errors.ts';
import { DEFAULT_CONSUMER } from '../../lambdas/shared/state/lake-keys.ts';
import { type LocalStream, openLocalStream } from '../../lib/embedded/stream/local-stream.ts';
import type { CommandContext } from '../base/command.ts';
import { warningMetrics } from '../text/warning-metrics.ts';
import { consumerOption, pathOption } from './option-values.ts';

/** What the commands of the stream have in common. */

export interface StreamFolders {
  readonly stream?: string;
  readonly landing?: string;
  readonly lake?: string;
}

/** Adds `--stream`, the folder of a local stream. */
export function addStreamOption(command: Command): Command {
  return command.option(
    '--stream <dir>',
    'folder of the local stream (default: paths.stream of the config, data/stream)',
    pathOption,
  );
}

/** Adds `--landing`, the folder that holds these files. */
export function addLandingOption(command: Command, holds = 'customers/ and products/'): Command {
  return command.option(
    '--landing <dir>',
    `folder that holds ${holds} (default: paths.landing of the config, data/landing)`,
    pathOption,
  );
}

/** Adds `--lake`, the folder of the lake. */
export function addLakeOption(command: Command): Command {
  return command.option(
    '--lake <dir>',
    'folder of tables and manifests (default: paths.lake of the config, data/lake)',
    pathOption,
  );
}

/** Adds `--consumer`, by default the one that the deployed functions use. */
export function addConsumerOption(command: Command): Command {
  return command.option(
    '--consumer <name>',
    'stream consumer, with its own position and tables',
    consumerOption,
    DEFAULT_CONSUMER,
  );
}

/** Adds `--dry-run`, which shows what a command would do and changes nothing. */
export function addDryRunOption(command: Command): Command {
  return command.option('--dry-run', 'change nothing; print what would be done');
}

export interface Folders {
  readonly streamDir: string;
  readonly landingDir: string;
  readonly lakeDir: string;
}

/** Folders from the options, or else from `paths` of the config. */
export function foldersOf({ stream, landing, lake }: StreamFolders, { paths }: Config): Folders {
  return {
    streamDir: stream ?? paths.stream,
    landingDir: landing ?? paths.landing,
    lakeDir: lake ?? paths.lake,
  };
}

/**
 * The flags that name the same folders again, for suggested commands; none if the config names
 * them.
 */
export function folderFlags(folders: StreamFolders, names: readonly (keyof StreamFolders)[]) {
  return names
    .filter((name) => folders[name] !== undefined)
    .map((name) => ` --${name} ${folders[name]}`)
    .join('');
}

/**
 * Opens the stream of this machine. `start`: where a new consumer begins, in ISO 8601. Throws
 * `TerminalError` `stream_not_found` with a hint.
 */
export async function openStream(
  folders: Folders,
  consumer: string,
  context: CommandContext,
  start?: string,
): Promise<LocalStream> {
  const { config } = context;
  const metrics = warningMetrics(context.io);
  const begin = start === undefined ? {} : { start };
  try {
    return await openLocalStream({ ...folders, config, consumer, metrics, ...begin });
  } catch (error) {
    if (!(error instanceof TerminalError) || error.code !== 'stream_not_found') throw error;
    const message = `no stream in ${folders.streamDir}; run: npx tandem produce FILE`;
    throw new TerminalError('stream_not_found', message, { cause: error });
  }
}

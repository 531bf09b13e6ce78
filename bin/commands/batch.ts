import { resolve } from 'node:path';
import type { Command } from 'commander';
import { FileObjectStore } from '../../lambdas/shared/adapters/local/file-object-store.ts';
import type { Config } from '../../lambdas/shared/model/config.ts';
import { UsageError } from '../../lambdas/shared/model/errors.ts';
import { DEFAULT_CONSUMER, StreamLakeKeys } from '../../lambdas/shared/state/lake-keys.ts';
import type { BatchRunResult } from '../../lib/common/batch-run-result.ts';
import { runBatch } from '../../lib/embedded/batch/run-batch.ts';
import { followedText, runResult } from '../aws/follow-with-progress.ts';
import { requestRun } from '../aws/request-run.ts';
import type {
  CommandContext,
  CommandResult,
  CommonOptions,
  StartCommand,
} from '../base/command.ts';
import { assertLandingFolder } from '../options/landing-folder.ts';
import { byteSizeOption, pathOption, wholeNumberOption } from '../options/option-values.ts';
import { addConsumerOption, addLakeOption, addLandingOption } from '../options/stream-options.ts';
import { addTargetOption, assertNoneOf, openAws, type TargetOptions } from '../options/target.ts';
import { batchSummary } from '../text/batch-summary.ts';
import { createProgress } from '../text/progress.ts';
import { secondsText } from '../text/text-table.ts';
import { sayWarnings } from '../text/warning-lines.ts';

const MAX_WORKERS = 64;
const MAX_CHUNK_BYTES = 1024 ** 3;

interface BatchCommandOptions extends CommonOptions, TargetOptions {
  readonly landing?: string;
  readonly lake?: string;
  readonly workers?: number;
  readonly chunkBytes?: number;
  readonly strict?: true;
  readonly acceptQuarantined?: true;
  readonly plan?: string;
  readonly fromRaw?: true;
  readonly consumer: string;
}

const DESCRIPTION =
  'Run one batch: build all batch tables from the files of the landing folder.\n\n' +
  'Reads every file below orders/, customers/ and products/: CSV or NDJSON, plain or gzip, ' +
  'detected by content. Every record ends as active, cancelled, quarantined or duplicate, ' +
  'and all tables are published at once. --workers and --chunk-bytes change the speed, ' +
  'never the tables.';

const EXAMPLES = `
Examples:
  $ tandem batch
  $ tandem batch --landing data/complete-journey --lake data/journey-lake
  $ tandem batch --workers 4 --chunk-bytes 16MiB --json
  $ tandem batch --from-raw        rebuild from what the stream received, late records included
  $ tandem batch --target aws      start a run on AWS and follow it
  $ tandem batch --from-raw --target aws
`;

/** Adds `tandem batch`: options, help and action. */
export function defineBatch(command: Command, start: StartCommand): void {
  command.description(DESCRIPTION);
  addLakeOption(addLandingOption(command, 'orders/, customers/ and products/'))
    .option(
      '--workers <n>',
      'maximum worker threads; fewer if batch.memoryLimitBytes requires it (default: ' +
        'batch.workers, else one per core, up to 8)',
      wholeNumberOption(1, MAX_WORKERS),
    )
    .option(
      '--chunk-bytes <n>',
      'bytes of a file per map step, such as 16MiB (default: batch.chunkBytes, 32MiB)',
      byteSizeOption(1, MAX_CHUNK_BYTES),
    )
    .option('--strict', 'exit with 1 if there is any warning (default: batch.strict, false)')
    .option(
      '--accept-quarantined',
      'publish even if the share of quarantined records exceeds batch.maxQuarantined (0.5)',
    )
    .option(
      '--plan <file>',
      'reuse the plan of an earlier run, to get byte-identical tables for the same input',
      pathOption,
    )
    .option('--from-raw', 'read orders from the raw archive of the stream instead of orders/');
  addTargetOption(addConsumerOption(command))
    .addHelpText('after', EXAMPLES)
    .action((options: BatchCommandOptions) => start(options, (context) => batch(options, context)));
}

async function batch(
  options: BatchCommandOptions,
  context: CommandContext,
): Promise<CommandResult> {
  const { config, io } = context;
  if (options.consumer !== DEFAULT_CONSUMER && options.fromRaw !== true) {
    throw new UsageError('usage', '--consumer needs --from-raw: orders files have no consumer');
  }
  if (options.target === 'aws') return await batchOnAws(options, context);
  const lakeDir = options.lake ?? config.paths.lake;
  const landingDir = options.landing ?? config.paths.landing;
  // The raw archive needs none: dimensions may be left out.
  if (options.fromRaw !== true || options.landing !== undefined) assertLandingFolder(landingDir);
  const result = await runBatchWithProgress({ ...options, landingDir, lakeDir }, context);
  const isStrict = options.strict === true || config.batch.strict;
  const isWarned = sayWarnings(result.manifest, {
    io,
    config: withFlags(config, options),
  });
  const next = options.lake === undefined ? '' : ` --lake ${lakeDir}`;
  return {
    json: batchJson(result),
    text:
      `run ${result.runId}: ${result.status} in ${secondsText(result.durationMs)}\n\n` +
      `${batchSummary(result.manifest)}` +
      `tables: ${resolve(lakeDir)}/tables/batch, as ${result.manifestKey} lists them\n` +
      `next: npx tandem show top_products${next}\n`,
    exitCode: isStrict && isWarned ? 1 : 0,
  };
}

const OF_THIS_MACHINE = ['landing', 'lake', 'workers', 'chunkBytes', 'plan', 'acceptQuarantined'];

/** Asks for a run whether or not there are uploads; an upload starts one by itself. */
async function batchOnAws(
  options: BatchCommandOptions,
  context: CommandContext,
): Promise<CommandResult> {
  assertNoneOf({ ...options }, OF_THIS_MACHINE);
  const resources = await openAws(context);
  const { consumer } = options;
  const fromRaw = options.fromRaw === true ? { consumer } : undefined;
  const run = await requestRun(resources, context, fromRaw);
  const isWarned = sayWarnings(run.manifest, context);
  const isStrict = options.strict === true || context.config.batch.strict;
  return {
    json: batchJson(runResult(run)),
    text: followedText(run, resources.lake.bucket),
    exitCode: isStrict && isWarned ? 1 : 0,
  };
}

/** The result of a batch run for `--json` (contract §6). */
export function batchJson(result: BatchRunResult): Record<string, unknown> {
  const { manifest } = result;
  return {
    run_id: result.runId,
    status: result.status,
    manifest: result.manifestKey,
    counts: manifest.counts,
    issues: manifest.issues,
    revenue: manifest.revenue,
    rejected_files: manifest.rejected_files,
    warnings: manifest.warnings,
    joins: manifest.joins,
    duration_ms: Math.round(result.durationMs),
  };
}

/** Runs a batch on this machine with a progress bar; `demo` uses it too. */
export async function runBatchWithProgress(
  options: Pick<BatchCommandOptions, 'workers' | 'plan' | 'fromRaw' | keyof BatchFlags> & {
    readonly consumer?: string;
    readonly landingDir: string;
    readonly lakeDir: string;
  },
  context: CommandContext,
): Promise<BatchRunResult> {
  const { landingDir, lakeDir, workers, plan, fromRaw } = options;
  const progress = await createProgress(context);
  try {
    return await runBatch({
      landing: new FileObjectStore(landingDir),
      lake: new FileObjectStore(lakeDir),
      landingDir,
      lakeDir,
      config: withFlags(context.config, options),
      ...(workers === undefined ? {} : { workers }),
      ...(plan === undefined ? {} : { planFile: plan }),
      ...(fromRaw === undefined ? {} : { fromRaw: rawKeys(options.consumer, context.config) }),
      signal: context.signal,
      onProgress: (step) => progress.show(step),
      onLeftover: (message) => context.io.writeErr(`tandem: warning: ${message}\n`),
      onNote: (line) => context.io.writeErr(`tandem: ${line}\n`),
    });
  } finally {
    progress.stop();
  }
}

function rawKeys(consumer = DEFAULT_CONSUMER, { stream }: Config): StreamLakeKeys {
  return new StreamLakeKeys(consumer, stream.name);
}

type BatchFlags = Pick<BatchCommandOptions, 'chunkBytes' | 'acceptQuarantined'>;

function withFlags({ batch: own, ...config }: Config, flags: BatchFlags): Config {
  const chunkBytes = flags.chunkBytes ?? own.chunkBytes;
  const maxQuarantined = flags.acceptQuarantined === true ? 1 : own.maxQuarantined;
  return { ...config, batch: { ...own, chunkBytes, maxQuarantined } };
}

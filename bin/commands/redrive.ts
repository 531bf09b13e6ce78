import { resolve } from 'node:path';
import type { Command } from 'commander';
import {
  type RedriveReport,
  redriveAll,
} from '../../lambdas/stream/redrive-records/redrive-records.ts';
import type { CommandContext, CommandResult, CommonOptions, StartCommand } from '../command.ts';
import {
  addConsumerOption,
  addLakeOption,
  addStreamOption,
  foldersOf,
  openStream,
  type StreamFolders,
} from '../stream-options.ts';
import { textTable, withCommas } from '../text-table.ts';

interface RedriveCommandOptions extends CommonOptions, StreamFolders {
  readonly dryRun?: true;
  readonly consumer: string;
}

/** Where record batches that were given up lie below the lake, one object each. */
const FAILED_PREFIX = 'failed/stream/';

const DESCRIPTION =
  'Brings record batches that the event source mapping gave up into the log, each record once, and ' +
  'removes their messages. On this machine nothing is given up by itself: messages that AWS Lambda ' +
  `wrote to a failure destination in S3 can be copied below ${FAILED_PREFIX} of the lake. Records ` +
  'that neither the message nor the stream holds are reported, and their message stays.';

const EXAMPLES = `
Examples:
  $ tandem redrive --dry-run       what would be brought back
  $ tandem redrive
`;

export function defineRedrive(command: Command, start: StartCommand): void {
  command.description(DESCRIPTION);
  addStreamOption(command);
  addLakeOption(command).option('--dry-run', 'change nothing, and say what would be done');
  addConsumerOption(command)
    .addHelpText('after', EXAMPLES)
    .action((options: RedriveCommandOptions) =>
      start(options, (context) => redrive(options, context)),
    );
}

async function redrive(
  options: RedriveCommandOptions,
  context: CommandContext,
): Promise<CommandResult> {
  const folders = foldersOf(options, context.config);
  const isDryRun = options.dryRun === true;
  const local = await openStream(folders, options.consumer, context);
  try {
    const reports: RedriveReport[] = [];
    const messages = { store: local.context.lake, prefix: FAILED_PREFIX };
    for await (const report of redriveAll(local.context, messages, { isDryRun })) {
      reports.push(report);
      context.signal.throwIfAborted();
    }
    const gone = reports.filter(({ status }) => status === 'gone').length;
    return {
      json: { dry_run: isDryRun, redriven: sum(reports), batches: reports.map(reportJson) },
      text: redriveText(reports, isDryRun, resolve(folders.lakeDir)),
      exitCode: gone > 0 ? 1 : 0,
    };
  } finally {
    local.close();
  }
}

function sum(reports: readonly RedriveReport[]): number {
  return reports.reduce((total, { redriven }) => total + redriven, 0);
}

function reportJson(report: RedriveReport): Record<string, unknown> {
  return {
    message: report.key,
    shard: report.shardId,
    first_sequence_number: report.firstSequenceNumber,
    last_sequence_number: report.lastSequenceNumber,
    status: report.status,
    redriven: report.redriven,
    consumed_before: report.consumedBefore,
  };
}

function redriveText(reports: readonly RedriveReport[], isDryRun: boolean, lake: string): string {
  if (reports.length === 0)
    return `nothing to redrive: no message below ${lake}/${FAILED_PREFIX}\n`;
  const rows = reports.map(({ shardId, status, redriven, consumedBefore, key }) => [
    shardId,
    status.replaceAll('_', ' '),
    withCommas(redriven),
    withCommas(consumedBefore),
    key,
  ]);
  const verb = isDryRun ? 'would be redriven' : 'redriven';
  const columns = [
    { title: 'shard' },
    { title: 'status' },
    { title: verb, isNumber: true },
    { title: 'consumed before', isNumber: true },
    { title: 'message' },
  ];
  return `${textTable(columns, rows)}\n` + `${withCommas(sum(reports))} records ${verb}\n`;
}

import { resolve } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../../lambdas/shared/model/errors.ts';
import { FAILED_BATCHES } from '../../lambdas/stream/consume/count-messages.ts';
import {
  type RedriveReport,
  redriveAll,
} from '../../lambdas/stream/operate/redrive/redrive-records.ts';
import type { RedriveStepResult } from '../../lambdas/stream/operate/redrive/redrive-step.ts';
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
  addStreamOption,
  foldersOf,
  openStream,
  type StreamFolders,
} from '../options/stream-options.ts';
import {
  addTargetOption,
  assertDeployedConsumer,
  assertNoneOf,
  openAws,
  type TargetOptions,
} from '../options/target.ts';
import { counted, textTable, withCommas } from '../text/text-table.ts';

interface RedriveCommandOptions extends CommonOptions, StreamFolders, TargetOptions {
  readonly dryRun?: true;
  readonly notifications?: true;
  readonly lostCalls?: true;
  readonly consumer: string;
}

/** Folder of the lake for given-up record batches, one object each. */
const FAILED_PREFIX = 'failed/stream/';

const DESCRIPTION =
  'Retry record batches that the event source mapping of Lambda gave up on.\n\n' +
  'Writes each record to the log once, then deletes the message of its batch. Keeps the message ' +
  'and reports it if neither the message nor the stream holds its records any more. With --target ' +
  'aws the deployed function does the work. Locally nothing is ever given up: copy messages that ' +
  `Lambda wrote to its failure destination in S3 to ${FAILED_PREFIX} of the lake.`;

const EXAMPLES = `
Examples:
  $ tandem redrive --dry-run       what would be retried
  $ tandem redrive
  $ tandem redrive --target aws
  $ tandem redrive --notifications --target aws
  $ tandem redrive --lost-calls --dry-run --target aws    list lost calls with their reasons
`;

/** Adds `tandem redrive`: options, help and action. */
export function defineRedrive(command: Command, start: StartCommand): void {
  command.description(DESCRIPTION);
  addStreamOption(command);
  addDryRunOption(addLakeOption(command))
    .option(
      '--notifications',
      'on AWS: send upload notifications from the dead-letter queue to the starter again',
    )
    .option(
      '--lost-calls',
      'on AWS: list and delete calls that no function took; later calls do their work',
    );
  addTargetOption(addConsumerOption(command))
    .addHelpText('after', EXAMPLES)
    .action((options: RedriveCommandOptions) =>
      start(options, (context) => redrive(options, context)),
    );
}

async function redrive(
  options: RedriveCommandOptions,
  context: CommandContext,
): Promise<CommandResult> {
  if (options.lostCalls === true) return await redriveCalls(options, context);
  if (options.notifications === true) return await redriveNotifications(options, context);
  if (options.target === 'aws') return await redriveOnAws(options, context);
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
    return redriveResult(reports, isDryRun, `${resolve(folders.lakeDir)}/${FAILED_PREFIX}`);
  } finally {
    local.close();
  }
}

async function redriveNotifications(
  options: RedriveCommandOptions,
  context: CommandContext,
): Promise<CommandResult> {
  if (options.target !== 'aws' || options.dryRun === true) {
    const message = '--notifications needs --target aws and excludes --dry-run';
    throw new UsageError('usage', message);
  }
  assertNoneOf({ ...options }, ['stream', 'lake']);
  const { moveNotificationsBack } = await import('../../lib/aws/client/lost-notifications.ts');
  const { outputs } = await openAws(context);
  const queues = { from: outputs.LostNotifications, to: outputs.NotificationQueue };
  const moved = await moveNotificationsBack(queues, context.signal);
  return {
    json: { notifications: moved },
    text:
      moved === 0
        ? 'the dead-letter queue holds no notification\n'
        : `sent ${counted(moved, 'notification')} to the starter again\n` +
          'next: npx tandem status --target aws\n',
  };
}

async function redriveCalls(
  options: RedriveCommandOptions,
  context: CommandContext,
): Promise<CommandResult> {
  if (options.target !== 'aws' || options.notifications === true) {
    const message = '--lost-calls needs --target aws and excludes --notifications';
    throw new UsageError('usage', message);
  }
  assertNoneOf({ ...options }, ['stream', 'lake']);
  const { redriveLostCalls } = await import('../aws/redrive-lost-calls.ts');
  return await redriveLostCalls(options.dryRun === true, context);
}

function redriveResult(
  reports: readonly RedriveReport[],
  isDryRun: boolean,
  place: string,
): CommandResult {
  const gone = reports.filter(({ status }) => status === 'gone').length;
  return {
    json: { dry_run: isDryRun, redriven: sum(reports), batches: reports.map(reportJson) },
    text: redriveText(reports, isDryRun, place),
    exitCode: gone > 0 ? 1 : 0,
  };
}

async function redriveOnAws(
  options: RedriveCommandOptions,
  context: CommandContext,
): Promise<CommandResult> {
  assertNoneOf({ ...options }, ['stream', 'lake']);
  assertDeployedConsumer(options.consumer);
  const { callAndWatch, sightOf } = await import('../aws/while-waiting.ts');
  const resources = await openAws(context);
  const sight = await sightOf(resources, context, options.consumer);
  const isDryRun = options.dryRun === true;
  const call = { verb: 'redriving', name: 'RedriveFunction', event: { isDryRun } } as const;
  // Messages whose records are gone stay, and come again with each call.
  const byMessage = new Map<string, RedriveReport>();
  for (;;) {
    const knownCount = byMessage.size;
    const answer = await callAndWatch<RedriveStepResult>(call, resources, sight, context);
    for (const report of answer.reports) byMessage.set(report.key, report);
    const { isMore } = answer;
    if (!isMore || byMessage.size === knownCount) break;
    if (isDryRun) {
      context.io.writeErr(
        'tandem: warning: there are more messages; a dry run lists only the first ones\n',
      );
      break;
    }
  }
  const place = `s3://${resources.outputs.FailuresBucket}/${FAILED_BATCHES}`;
  return redriveResult([...byMessage.values()], isDryRun, place);
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

function redriveText(reports: readonly RedriveReport[], isDryRun: boolean, place: string): string {
  if (reports.length === 0) return `nothing to redrive: no message in ${place}\n`;
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
  return `${textTable(columns, rows)}\n` + `${counted(sum(reports), 'record')} ${verb}\n`;
}

import type { Command } from 'commander';
import type { InputSize } from '../../lambdas/batch/plan-run/function-sizes.ts';
import type { PlanLimit } from '../../lambdas/batch/plan-run/plan-limits.ts';
import { uncompressedSizes } from '../../lambdas/batch/plan-run/plan-sizes.ts';
import { FileObjectStore } from '../../lambdas/shared/adapters/local/file-object-store.ts';
import { emptyLanding } from '../../lambdas/shared/ingest/empty-landing.ts';
import { listLanding } from '../../lambdas/shared/ingest/list-landing.ts';
import { TerminalError } from '../../lambdas/shared/model/errors.ts';
import type { UnreservedFunctions } from '../../lambdas/shared/ports/function-quota.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import type { DeployedResources } from '../../lib/aws/client/open-deployment.ts';
import { type BatchEstimate, estimateBatch } from '../../lib/aws/cost/estimate-batch.ts';
import type {
  CommandContext,
  CommandResult,
  CommonOptions,
  StartCommand,
} from '../base/command.ts';
import { assertLandingFolder } from '../options/landing-folder.ts';
import { dataSizeOption } from '../options/option-values.ts';
import { addLandingOption } from '../options/stream-options.ts';
import { addTargetOption, assertNoneOf, openAws, type TargetOptions } from '../options/target.ts';
import {
  batchLines,
  costRows,
  dollars,
  estimateJson,
  PRICES_JSON,
  PRICES_TEXT,
  timeText,
} from '../text/cost-view.ts';
import { byteText, textTable, withCommas } from '../text/text-table.ts';

interface PlanCommandOptions extends CommonOptions, TargetOptions {
  readonly bytes?: number;
  readonly landing?: string;
}

const DESCRIPTION =
  'Estimate chunks, buckets, duration and cost of a batch run on AWS. Starts nothing.\n\n' +
  'Plans for --bytes of CSV, or for the orders files of the landing folder or, with ' +
  '--target aws, of the landing bucket. Fails if no plan fits, as the run itself would, ' +
  'and says what would help.';

const EXAMPLES = `
Examples:
  $ tandem plan --bytes 100GB
  $ tandem plan                          for the files in data/landing
  $ tandem plan --target aws --json      for the files in the landing bucket
`;

/** Adds `tandem plan`: options, help and action. */
export function definePlan(command: Command, start: StartCommand): void {
  command
    .description(DESCRIPTION)
    .option(
      '--bytes <n>',
      'bytes of uncompressed CSV, such as 100GB or 64GiB (default: those of the files)',
      dataSizeOption,
    );
  addLandingOption(command, 'orders/');
  addTargetOption(command)
    .addHelpText('after', EXAMPLES)
    .action((options: PlanCommandOptions) => start(options, (context) => plan(options, context)));
}

async function plan(options: PlanCommandOptions, context: CommandContext): Promise<CommandResult> {
  const { config } = context;
  const { maxParallel, batchMemoryBytes } = config.aws;
  const deployed = options.target === 'aws' ? await openAws(context) : null;
  const input = options.bytes ?? (await filesOf(options, context, deployed));
  const quota = deployed === null ? null : await deployed.quota.unreserved();
  const estimate = estimateBatch(input, config, quota ?? undefined);
  return {
    json: {
      ...estimateJson(estimate),
      files: typeof input === 'number' ? null : input.length,
      max_parallel: maxParallel,
      function_quota: quota?.status === 'known' ? quota.functions : null,
      function_memory_bytes: batchMemoryBytes,
      prices: PRICES_JSON,
    },
    text: planText(estimate, { maxParallel, batchMemoryBytes, quota }),
  };
}

async function filesOf(
  options: PlanCommandOptions,
  context: CommandContext,
  deployed: DeployedResources | null,
): Promise<InputSize[]> {
  if (deployed !== null) {
    assertNoneOf({ ...options }, ['landing']);
    const { landing } = deployed;
    return await sizesOf(landing, `s3://${landing.bucket}`);
  }
  const dir = options.landing ?? context.config.paths.landing;
  assertLandingFolder(dir);
  return await sizesOf(new FileObjectStore(dir), dir);
}

async function sizesOf(landing: ObjectStore, name: string): Promise<InputSize[]> {
  const objects = await listLanding(landing);
  if (objects.orders.length === 0) {
    const { message } = await emptyLanding(landing, name, objects);
    throw new TerminalError(
      'landing_empty',
      `${message}; or give a size: npx tandem plan --bytes 100GB`,
    );
  }
  const sizes = await uncompressedSizes(landing, objects.orders);
  return sizes.map(({ uncompressedBytes, isGzip }, index) => {
    return { key: objects.orders[index].key, isWhole: isGzip, uncompressedBytes };
  });
}

function planText(
  estimate: BatchEstimate,
  account: {
    readonly maxParallel: number;
    readonly batchMemoryBytes: number;
    readonly quota: UnreservedFunctions | null;
  },
): string {
  const { plan: found, exchangeBytes, cost } = estimate;
  const { inputBytes, chunkCount, chunkBytes, taskCount, bucketCount, rangeCount, waveBytes } =
    found;
  const rows = [
    ['input', `${byteText(inputBytes)} of CSV, uncompressed`],
    [
      'map',
      `${withCommas(chunkCount)} chunks of up to ${byteText(chunkBytes)}, in ` +
        `${withCommas(taskCount)} steps`,
    ],
    ['exchange', byteText(exchangeBytes)],
    ['reduce', `${withCommas(bucketCount)} buckets, in waves of ${byteText(waveBytes)}`],
    ['merge', `${withCommas(rangeCount)} ranges`],
    ['functions', functionsText(estimate, account)],
    ['time', timeRowText(estimate)],
    ['cost', `about ${dollars(cost.total)}`],
  ];
  const columns = [{ title: 'service' }, { title: 'for' }, { title: 'cost', isNumber: true }];
  return [
    textTable([{ title: 'step' }, { title: 'plan' }], rows),
    textTable(LIMIT_COLUMNS, found.limits.map(limitRow)),
    textTable(columns, costRows(batchLines(estimate))),
    `${PRICES_TEXT}\n`,
  ].join('\n');
}

function timeRowText({ wallSec, waitingSec, functionSec }: BatchEstimate): string {
  const waiting =
    waitingSec < 1 ? '' : `, ${timeText(waitingSec)} of it waiting for S3’s request rates`;
  return `about ${timeText(wallSec)}${waiting}; functions run ${timeText(functionSec)} in total`;
}

function functionsText(
  { maxConcurrency }: BatchEstimate,
  {
    maxParallel,
    batchMemoryBytes,
    quota,
  }: { maxParallel: number; batchMemoryBytes: number; quota: UnreservedFunctions | null },
): string {
  const text = `${byteText(batchMemoryBytes)} each, ${withCommas(maxConcurrency)} in parallel`;
  if (quota === null) return text;
  if (quota.status === 'unknown') return `${text}; the account’s quota is unknown: ${quota.reason}`;
  const functions = withCommas(quota.functions);
  if (maxConcurrency === maxParallel) return `${text}; the account allows ${functions}`;
  return (
    `${text}: the account allows ${functions}, and aws.maxParallel is ` +
    `${withCommas(maxParallel)}; request a higher quota of Lambda concurrent executions`
  );
}

const LIMIT_COLUMNS = [
  { title: 'limits' },
  { title: 'used', isNumber: true },
  { title: 'limit', isNumber: true },
  { title: 'share', isNumber: true },
];

const LIMIT_TEXTS: Readonly<Record<PlanLimit['name'], string>> = {
  map_tasks: 'steps of the map state',
  buckets: 'buckets',
  files: 'files in one run',
  plan_seconds: 'seconds to inspect them, if all are new',
  largest_whole_file_bytes: 'bytes of the largest file that cannot be split',
};

function limitRow({ name, used, limit, usedPercent }: PlanLimit): string[] {
  return [LIMIT_TEXTS[name], withCommas(used), withCommas(limit), `${usedPercent} %`];
}

import type { Command } from 'commander';
import type { BatchPlan } from '../../lambdas/batch/run/batch-plan.ts';
import type { FollowedRun } from '../../lib/aws/client/follow-run.ts';
import type { DeployedResources } from '../../lib/aws/client/open-deployment.ts';
import type { Uploaded, UploadProgress, UploadTally } from '../../lib/aws/client/upload-files.ts';
import { followedText, followWithProgress, runResult } from '../aws/follow-with-progress.ts';
import { requestRun } from '../aws/request-run.ts';
import type {
  CommandContext,
  CommandResult,
  CommonOptions,
  StartCommand,
} from '../base/command.ts';
import { InterruptedError } from '../base/failure.ts';
import { openAws } from '../options/target.ts';
import { createProgress } from '../text/progress.ts';
import { byteText, counted, secondsText, withCommas } from '../text/text-table.ts';
import { sayWarnings } from '../text/warning-lines.ts';
import { batchJson } from './batch.ts';

const MAX_PASSED_OVER_SHOWN = 20;

interface UploadCommandOptions extends CommonOptions {
  readonly wait?: true;
  readonly overwrite?: true;
}

const DESCRIPTION =
  'Upload orders, customers and products to the landing bucket on AWS, which starts a ' +
  'batch run.\n\n' +
  'A folder either holds orders/, customers/ and products/ or is one of them; a file keeps ' +
  'its place below these, and goes to orders/ otherwise. All files are checked first: if ' +
  'batch would reject one, nothing is sent; names that batch would not read are listed and ' +
  'skipped. Files already there with the same content are skipped, so you can repeat a ' +
  'stopped upload. The run starts batch.quietFor after the last upload.';

const EXAMPLES = `
Examples:
  $ tandem upload data/landing
  $ tandem upload data/landing --wait            follow the run and print its counts
  $ tandem upload january.csv.gz data/landing/products --wait --json
`;

/** Adds `tandem upload`: options, help and action. */
export function defineUpload(command: Command, start: StartCommand): void {
  command
    .description(DESCRIPTION)
    .argument('<path...>', 'files and folders to upload')
    .option('--wait', 'wait until the batch run over these files is published or has failed')
    .option('--overwrite', 'replace files that have other content in the bucket (default: fail)')
    .addHelpText('after', EXAMPLES)
    .action((paths: string[], options: UploadCommandOptions) =>
      start(options, (context) => upload(paths, options, context)),
    );
}

async function upload(
  paths: readonly string[],
  options: UploadCommandOptions,
  context: CommandContext,
): Promise<CommandResult> {
  const { findUploads } = await import('../../lib/aws/client/find-uploads.ts');
  const { knownRuns } = await import('../../lib/aws/client/follow-run.ts');
  const { files, passedOver } = await findUploads(paths, context.config);
  const resources = await openAws(context);
  const before = options.wait === true ? await knownRuns(resources) : new Set<string>();
  const startedAtMs = performance.now();
  const overwrite = options.overwrite === true;
  const tally = await uploadWithProgress(files, resources, { ...context, overwrite });
  const durationMs = performance.now() - startedAtMs;
  const run = options.wait === true ? await follow(resources, tally, before, context) : null;
  if (run !== null) sayWarnings(run.manifest, context);
  const bucket = resources.landing.bucket;
  return {
    json: {
      bucket,
      files: byKey(tally).map(({ key, bytes, status }) => ({ key, bytes, status })),
      passed_over: passedOver,
      sent_bytes: tally.sentBytes,
      duration_ms: Math.round(durationMs),
      run: run === null ? null : batchJson(runResult(run)),
    },
    text:
      `${tallyText(tally, bucket, durationMs)}\n${passedOverText(passedOver)}` +
      (run === null
        ? 'next: npx tandem status --target aws\n'
        : `\n${followedText(run, resources.lake.bucket)}`),
  };
}

async function uploadWithProgress(
  files: Parameters<typeof import('../../lib/aws/client/upload-files.ts').uploadFiles>[0],
  { landing }: DeployedResources,
  context: CommandContext & { readonly overwrite: boolean },
): Promise<UploadTally> {
  const { uploadFiles, UploadTally: Tally } = await import('../../lib/aws/client/upload-files.ts');
  const { signal, overwrite } = context;
  const progress = await createProgress(context);
  const tally = new Tally();
  const onProgress = ({ stage, bytesDone, bytesTotal }: UploadProgress) =>
    progress.show({ stage, done: bytesDone, total: bytesTotal, unit: 'bytes' });
  try {
    await uploadFiles(files, landing, tally, { signal, overwrite, onProgress });
    return tally;
  } catch (error) {
    if (!signal.aborted) throw error;
    const done = `${withCommas(tally.files.length)} of ${counted(files.length, 'file')} uploaded`;
    throw new InterruptedError(`interrupted; ${done}: run it again to continue`, { cause: error });
  } finally {
    progress.stop();
  }
}

async function follow(
  resources: DeployedResources,
  tally: UploadTally,
  before: ReadonlySet<string>,
  context: CommandContext,
): Promise<FollowedRun> {
  const isWanted = (plan: BatchPlan) => hasRead(plan, tally.files);
  if (tally.sentBytes > 0) {
    return await followWithProgress(resources, { isWanted, before }, context);
  }
  // No notification comes of what was there already.
  const { currentRun } = await import('../../lib/aws/client/follow-run.ts');
  return (await currentRun(resources, isWanted)) ?? (await requestRun(resources, context));
}

/** True if a run reads these files as they were uploaded, or rejects them. */
function hasRead(plan: BatchPlan, files: readonly Uploaded[]): boolean {
  const etags = new Map<string, string>();
  for (const list of [plan.inputs, plan.customers, plan.products]) {
    for (const { key, etag } of list) etags.set(key, etag);
  }
  const rejected = new Set(plan.rejectedFiles.map(({ key }) => key));
  return files.every(({ key, etag }) => etags.get(key) === etag || rejected.has(key));
}

function byKey({ files }: UploadTally): Uploaded[] {
  return files.toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

function passedOverText(names: readonly string[]): string {
  if (names.length === 0) return '';
  const shown = names.slice(0, MAX_PASSED_OVER_SHOWN).map((name) => `  ${name}\n`);
  const rest = names.length - shown.length;
  const more = rest > 0 ? `  and ${withCommas(rest)} more\n` : '';
  return `skipped, as batch does not read them:\n${shown.join('')}${more}`;
}

function tallyText({ files, sentBytes }: UploadTally, bucket: string, durationMs: number): string {
  const sent = files.filter(({ status }) => status !== 'equal').length;
  const equal = files.length - sent;
  const replaced = files.filter(({ status }) => status === 'replaced').length;
  const instead = replaced === 0 ? '' : `, ${withCommas(replaced)} replaced`;
  const there = equal === 0 ? '' : `; ${withCommas(equal)} skipped: same content in the bucket`;
  const what = `${counted(sent, 'file')} (${byteText(sentBytes)}${instead})`;
  return `${what} to s3://${bucket} in ${secondsText(durationMs)}${there}`;
}

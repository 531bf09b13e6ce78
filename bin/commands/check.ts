import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { FileObjectStore } from '../../lambdas/shared/adapters/local/file-object-store.ts';
import type { Config } from '../../lambdas/shared/model/config.ts';
import type { CheckOptions } from '../../lib/embedded/check/check-options.ts';
import { type CheckResult, checkOrders } from '../../lib/embedded/check/check-orders.ts';
import { chosenFiles, keysOfFiles } from '../../lib/embedded/check/chosen-files.ts';
import type {
  CommandContext,
  CommandResult,
  CommonOptions,
  StartCommand,
} from '../base/command.ts';
import { assertLandingFolder } from '../options/landing-folder.ts';
import { pathOption, wholeNumberOption } from '../options/option-values.ts';
import { checkText } from '../text/check-text.ts';
import { createProgress } from '../text/progress.ts';

const DEFAULT_EXAMPLES = 3;
const MAX_EXAMPLES = 100;

interface CheckCommandOptions extends CommonOptions {
  readonly landing?: string;
  readonly strict?: true;
  readonly examples: number;
}

const DESCRIPTION =
  'Show what a batch run would do, and write nothing: what each file is read as, how its records ' +
  'end, and for each issue the first records with file, line and value, and the keys of the ' +
  'config that would help.\n\n' +
  'Without FILE it checks the landing folder as the next run of tandem batch would read it. With ' +
  'FILE it checks these orders files only: one below orders/ of the landing folder keeps its key, ' +
  'any other is orders/NAME, which is what match of a mapping is compared with. Customers and ' +
  'products are then those of --landing, if it is given.\n\n' +
  'Exits with 0 if a run would publish, with 1 if it would fail or, with --strict, if there is any ' +
  'warning or quarantined record. Needs about as much room in the temporary folder of the system ' +
  '(TMPDIR) as the tables take, and leaves nothing there.';

const EXAMPLES = `
Examples:
  $ tandem check
  $ tandem check export.csv                    one file, wherever it is
  $ tandem check --landing data/journey --config config/journey.yaml
  $ tandem check --strict --json               before an upload, in a script
`;

/** Adds `tandem check`: options, help and action. */
export function defineCheck(command: Command, start: StartCommand): void {
  command
    .description(DESCRIPTION)
    .argument('[file...]', 'orders files: CSV or NDJSON, plain or gzip')
    .option(
      '--landing <dir>',
      'folder that holds orders/, customers/ and products/ (default: paths.landing of the ' +
        'config, data/landing)',
      pathOption,
    )
    .option(
      '--strict',
      'exit with 1 if there is any warning or quarantined record (default: batch.strict, false)',
    )
    .option(
      '--examples <n>',
      'records to show of each issue',
      wholeNumberOption(0, MAX_EXAMPLES),
      DEFAULT_EXAMPLES,
    )
    .addHelpText('after', EXAMPLES)
    .action((files: readonly string[], options: CheckCommandOptions) =>
      start(options, (context) => check(files, options, context)),
    );
}

async function check(
  files: readonly string[],
  options: CheckCommandOptions,
  context: CommandContext,
): Promise<CommandResult> {
  const { config, io, isJson, signal } = context;
  const { pathOf, ...source } = sourceOf(files, options, config);
  const progress = await createProgress(context);
  let result: CheckResult;
  try {
    const checked = {
      ...source,
      config,
      examples: options.examples,
      signal,
      onProgress: progress.show,
      onNote: (line: string) => io.writeErr(`tandem: ${line}\n`),
    };
    result = await checkOrders(checked, pathOf);
  } finally {
    progress.stop();
  }
  const json = checkJson(result);
  const exitCode = isAccepted(result, options.strict ?? config.batch.strict) ? 0 : 1;
  // What marks values on a terminal would be escaped in the text of a result.
  const isMarked = io.outColumns !== null && !isJson;
  const text = checkText(result, isMarked ? io.outColumns : null);
  if (isMarked) await io.writeOut(text);
  return { json, text: isMarked ? '' : text, exitCode };
}

type CheckSource = Pick<CheckOptions, 'landing' | 'landingDir' | 'lake'> & {
  readonly pathOf: (key: string) => string;
};

function sourceOf(
  files: readonly string[],
  { landing: named }: CheckCommandOptions,
  { paths }: Config,
): CheckSource {
  const landingDir = named ?? paths.landing;
  if (files.length > 0) {
    if (named !== undefined) assertLandingFolder(named);
    const pathOfKey = keysOfFiles(files, landingDir);
    const landing = chosenFiles(pathOfKey, named ?? null);
    return { landing, lake: null, pathOf: (key) => pathOfKey.get(key) ?? key };
  }
  assertLandingFolder(landingDir);
  // Another landing folder than that of the config has nothing to do with the lake of the config.
  const isOwn = resolve(landingDir) === resolve(paths.landing);
  return {
    landing: new FileObjectStore(landingDir),
    landingDir,
    lake: isOwn ? new FileObjectStore(paths.lake) : null,
    pathOf: (key) => join(landingDir, key),
  };
}

function isAccepted({ refusal, warnings, counts }: CheckResult, isStrict: boolean): boolean {
  if (refusal !== null) return false;
  return !isStrict || (warnings.length === 0 && counts.quarantined === 0);
}

function checkJson(result: CheckResult): Record<string, unknown> {
  const { refusal } = result;
  return {
    files: result.files.map(({ key, form, records, quarantinedRecords }) => ({
      key,
      kind: form.kind,
      delimiter: form.rules?.delimiter ?? null,
      encoding: form.encoding,
      compression: form.compression,
      columns: form.columns,
      mapping: form.mapping?.match ?? null,
      records,
      quarantined: quarantinedRecords,
    })),
    file_count: result.fileCount,
    counts: result.counts,
    revenue: result.revenue,
    joins: result.joins,
    issues: result.issues.map(({ code, count, examples, suggestion }) => ({
      code,
      count,
      examples: examples.map(({ span: _, ...example }) => example),
      suggestion,
    })),
    warnings: result.warnings,
    rejected_files: result.rejectedFiles,
    would_publish: refusal === null,
    why: refusal,
  };
}

import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { CLASS_NAMES } from '../../lambdas/reconcile/model/difference.ts';
import type { ReconcileResult } from '../../lambdas/reconcile/model/result.ts';
import { FileObjectStore } from '../../lambdas/shared/adapters/local/file-object-store.ts';
import { listLanding } from '../../lambdas/shared/ingest/list-landing.ts';
import { InputForms } from '../../lambdas/shared/ingest/mapping/input-form.ts';
import { assert, TerminalError } from '../../lambdas/shared/model/errors.ts';
import { formatCents } from '../../lambdas/shared/model/money.ts';
import { DEFAULT_CONSUMER } from '../../lambdas/shared/state/lake-keys.ts';
import type { InputFile } from '../../lib/common/input-file.ts';
import { SILENT_OBSERVER } from '../../lib/embedded/stream/observer.ts';
import { runStream } from '../../lib/embedded/stream/run-stream.ts';
import type {
  CommandContext,
  CommandResult,
  CommonOptions,
  StartCommand,
} from '../base/command.ts';
import { pathOption, wholeNumberOption } from '../options/option-values.ts';
import { type Folders, openStream } from '../options/stream-options.ts';
import { type DemoAgreement, demoScreen } from '../text/demo-screen.ts';
import { createProgress } from '../text/progress.ts';
import type { EpochView } from '../text/stream-view.ts';
import { counted } from '../text/text-table.ts';
import { batchJson, runBatchWithProgress } from './batch.ts';
import { generateInto, MAX_ORDERS, seedOption } from './generate.ts';
import { type Produced, produceJson, produceWithProgress } from './produce.ts';
import { reconcileJson, reconcileWithProgress } from './reconcile.ts';
import { currentEpoch, streamJson } from './stream.ts';

/** A folder that carries this file was filled by `demo`, so `demo` may empty it. */
const MARKER_NAME = '.tandem-demo';

interface DemoCommandOptions extends CommonOptions {
  readonly orders: number;
  readonly seed: number;
  readonly dir: string;
}

const DESCRIPTION =
  'Run the whole pipeline on this machine: generate orders, run the batch, send the same ' +
  'rows to a stream, consume and drain it, and compare both results.\n\n' +
  'Prints the outcome of every record on both sides, both totals, and where the files are. ' +
  'Empties --dir if an earlier demo filled it; fails if it holds anything else.';

const EXAMPLES = `
Examples:
  $ tandem demo
  $ tandem demo --orders 1000000 --seed 7 --dir data/big-demo
`;

const SHARDS = 2;

/** Adds `tandem demo`: options, help and action. */
export function defineDemo(command: Command, start: StartCommand): void {
  command
    .description(DESCRIPTION)
    .option(
      '--orders <n>',
      'number of distinct orders; duplicates come on top',
      wholeNumberOption(1, MAX_ORDERS),
      10_000,
    )
    .option(
      '--seed <s>',
      'seed of all random values; the same seed gives the same orders',
      seedOption,
      42,
    )
    .option('--dir <dir>', 'folder for landing, stream and lake', pathOption, 'data/demo')
    .addHelpText('after', EXAMPLES)
    .action((options: DemoCommandOptions) => start(options, (context) => demo(options, context)));
}

async function demo(options: DemoCommandOptions, context: CommandContext): Promise<CommandResult> {
  const { dir, orders } = options;
  const startedAtMs = performance.now();
  await emptyDemoFolder(dir);
  const folders: Folders = {
    landingDir: join(dir, 'landing'),
    streamDir: join(dir, 'stream'),
    lakeDir: join(dir, 'lake'),
  };
  const say = (text: string) => {
    if (!context.isJson) context.io.writeErr(`${text}\n`);
  };

  say(`1/5 generating ${counted(orders, 'order')} into ${folders.landingDir}`);
  const landing = await generateInto(folders.landingDir, { ...options, files: 1 }, context);
  say(`2/5 batch: ${counted(landing.rows, 'row')} into ${folders.lakeDir}`);
  const batch = await runBatchWithProgress(folders, context);
  say(`3/5 produce: the same rows as events into ${folders.streamDir}`);
  const produced = await produceOrders(folders, context);
  say('4/5 stream: consuming and publishing, then draining');
  const epoch = await streamQuietly(folders, produced.tally.records, context);
  say('5/5 reconcile: comparing the two, order by order and cell by cell');
  const comparison = await reconcileWithProgress(
    {
      lake: new FileObjectStore(folders.lakeDir),
      consumer: DEFAULT_CONSUMER,
      allowMissing: false,
      limit: 0,
    },
    context,
  );
  const durationMs = performance.now() - startedAtMs;
  return {
    json: {
      dir,
      orders,
      seed: options.seed,
      rows: landing.rows,
      batch: batchJson(batch),
      produce: produceJson(folders.streamDir, produced),
      stream: streamJson(epoch),
      reconcile: reconcileJson(comparison),
      top_products: epoch.topProducts,
      duration_ms: Math.round(durationMs),
    },
    text: demoScreen({
      dir,
      orders,
      rows: landing.rows,
      shards: SHARDS,
      durationMs,
      batch: batch.manifest,
      stream: epoch.manifest,
      difference: formatCents(comparison.batchRevenueCents - comparison.streamRevenueCents),
      agreement: agreementOf(comparison),
      topProducts: epoch.topProducts,
    }),
    exitCode: comparison.agree ? 0 : 1,
  };
}

function agreementOf({ agree, classes, reportKey }: ReconcileResult): DemoAgreement {
  const found = CLASS_NAMES.filter((name) => classes[name].count > 0);
  return {
    agree,
    classes: found.map((name) => ({
      name,
      count: classes[name].count,
      revenue: formatCents(classes[name].cents),
    })),
    report: reportKey,
  };
}

async function produceOrders(
  { landingDir, streamDir }: Folders,
  context: CommandContext,
): Promise<Produced> {
  const store = new FileObjectStore(landingDir);
  const { orders } = await listLanding(store);
  const forms = new InputForms(context.config);
  const files = orders.map(
    ({ key }): InputFile => ({
      name: join(landingDir, key),
      store,
      key,
      form: forms.of(key),
    }),
  );
  return await produceWithProgress({ files, streamDir, shards: SHARDS }, context);
}

/** A progress bar rather than the table of `tandem stream`: it lasts a second. */
async function streamQuietly(
  folders: Folders,
  total: number,
  context: CommandContext,
): Promise<EpochView> {
  const { config, signal } = context;
  const local = await openStream(folders, DEFAULT_CONSUMER, context);
  const progress = await createProgress(context);
  let done = 0;
  try {
    await runStream({
      context: local.context,
      goal: 'drained',
      batchSize: config.stream.batchSize,
      everyMs: config.stream.publishEveryMs,
      observer: {
        ...SILENT_OBSERVER,
        onBatch({ records }) {
          done += records;
          progress.show({ stage: 'stream', done, total, unit: 'records' });
        },
      },
      signal,
    });
    signal.throwIfAborted();
    const epoch = await currentEpoch(local.context);
    assert(epoch !== null, 'a stream that has records has an epoch');
    return epoch;
  } finally {
    progress.stop();
    local.close();
  }
}

async function emptyDemoFolder(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  const names = await readdir(dir);
  if (names.length > 0 && !names.includes(MARKER_NAME)) {
    throw new TerminalError(
      'demo_dir_not_empty',
      `${dir} is not empty and has no ${MARKER_NAME}, so demo does not empty it; choose another --dir`,
    );
  }
  // The marker first and never removed: whenever this stops, the folder is known as the demo's.
  await writeFile(join(dir, MARKER_NAME), 'tandem demo may empty this folder\n');
  for (const name of names) {
    if (name !== MARKER_NAME) await rm(join(dir, name), { recursive: true });
  }
}

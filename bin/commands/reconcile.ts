import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { reconcile } from '../../lambdas/reconcile/compare/compare-tables.ts';
import type { PeriodOption } from '../../lambdas/reconcile/model/period.ts';
import type { ReconcileResult } from '../../lambdas/reconcile/model/result.ts';
import { FileObjectStore } from '../../lambdas/shared/adapters/local/file-object-store.ts';
import { TerminalError, UsageError } from '../../lambdas/shared/model/errors.ts';
import { formatCents } from '../../lambdas/shared/model/money.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import { SystemClock } from '../../lambdas/shared/runtime/clock.ts';
import { DEFAULT_CONSUMER } from '../../lambdas/shared/state/lake-keys.ts';
import type {
  CommandContext,
  CommandResult,
  CommonOptions,
  StartCommand,
} from '../base/command.ts';
import { currentPublication } from '../lake/lake.ts';
import { instantOption, wholeNumberOption } from '../options/option-values.ts';
import { addConsumerOption, addLakeOption } from '../options/stream-options.ts';
import { addTargetOption, openLake, PUBLISHERS, type TargetOptions } from '../options/target.ts';
import { createProgress } from '../text/progress.ts';
import { reconcileText } from '../text/reconcile-text.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100_000;

interface ReconcileCommandOptions extends CommonOptions, TargetOptions {
  readonly lake?: string;
  readonly consumer: string;
  readonly allowMissing?: true;
  readonly since?: string;
  readonly until?: string;
  readonly limit: number;
}

const DESCRIPTION =
  'Compare the current batch run with the current epoch of the stream, order by order and ' +
  'cell by cell.\n\n' +
  'Each order id and each cell of the revenue tables is either equal on both sides, or ' +
  'differs for a reason that the rules give (late, duplicate, …), or is unexplained. Exits ' +
  'with 1 if anything is unexplained, or missing on one side. Writes all differences, with ' +
  'their records, to a report.';

const EXAMPLES = `
Examples:
  $ tandem reconcile
  $ tandem reconcile --lake data/demo/lake --limit 5
  $ tandem reconcile --allow-missing --json
  $ tandem reconcile --since 2026-01-15T09:00:00Z       if the stream began then and batch has more
  $ tandem reconcile --target aws                       compare the deployed tables on this machine
`;

/** Adds `tandem reconcile`: options, help and action. */
export function defineReconcile(command: Command, start: StartCommand): void {
  addConsumerOption(addLakeOption(command.description(DESCRIPTION)))
    .option('--allow-missing', 'accept orders that one side never received')
    .option(
      '--since <instant>',
      'only orders from the window of this instant on, by event time (default: reconcile.since of ' +
        'the config)',
      instantOption,
    )
    .option(
      '--until <instant>',
      'only orders before the window of this instant, by event time',
      instantOption,
    )
    .option(
      '--limit <n>',
      'maximum differences to print; the report holds all',
      wholeNumberOption(0, MAX_LIMIT),
      DEFAULT_LIMIT,
    );
  addTargetOption(command)
    .addHelpText('after', EXAMPLES)
    .action((options: ReconcileCommandOptions) =>
      start(options, (context) => runReconcile(options, context)),
    );
}

async function runReconcile(
  options: ReconcileCommandOptions,
  context: CommandContext,
): Promise<CommandResult> {
  const { consumer, limit, allowMissing = false } = options;
  const { store: lake, addressOf } = await openLake(options, context);
  if (options.target === 'aws') await assertPublished(lake, consumer);
  const period = periodOf(options, context.config.reconcile.sinceMs);
  const compared = { lake, consumer, allowMissing, limit, period };
  const result = await reconcileWithProgress(compared, context);
  return {
    json: reconcileJson(result),
    text: reconcileText(result, { addressOf, limit, allowMissing }),
    exitCode: result.agree ? 0 : 1,
  };
}

/** Throws `UsageError` if it ends before it begins. */
function periodOf(
  { since, until }: ReconcileCommandOptions,
  configuredMs: number | null,
): PeriodOption {
  const sinceMs = since === undefined ? configuredMs : Date.parse(since);
  const untilMs = until === undefined ? null : Date.parse(until);
  if (sinceMs === null || untilMs === null || sinceMs < untilMs) return { sinceMs, untilMs };
  throw new UsageError(
    'usage',
    `--until ${until} is not after --since ${since ?? new Date(sinceMs).toISOString()}`,
  );
}

/** The comparison itself knows only what publishes on this machine. */
async function assertPublished(lake: ObjectStore, consumer: string): Promise<void> {
  for (const door of ['batch', 'stream'] as const) {
    if ((await currentPublication(lake, door, consumer)) !== null) continue;
    const isOther = door === 'stream' && consumer !== DEFAULT_CONSUMER;
    const advice = isOther
      ? `npx tandem replay --consumer ${consumer} --target aws`
      : PUBLISHERS.aws[door];
    const message = `the lake holds no ${door} publication; run: ${advice}`;
    throw new TerminalError('nothing_published', message);
  }
}

/** Compares both doors with a progress bar; `demo` uses it too. */
export async function reconcileWithProgress(
  {
    lake,
    consumer,
    allowMissing,
    limit,
    period = { sinceMs: null, untilMs: null },
  }: {
    readonly lake: ObjectStore;
    readonly consumer: string;
    readonly allowMissing: boolean;
    readonly limit: number;
    readonly period?: PeriodOption;
  },
  context: CommandContext,
): Promise<ReconcileResult> {
  const { config, signal, io } = context;
  const progress = await createProgress(context);
  const workElsewhere = new TemporaryFolder();
  const warn = (message: string) => io.writeErr(`tandem: warning: ${message}\n`);
  try {
    const options = {
      consumer,
      allowMissing,
      period,
      memoryLimitBytes: config.batch.memoryLimitBytes,
      windowLengthMs: config.windows.lengthMs,
      parquet: config.parquet,
      shownPerClass: limit,
      attempt: { startedAtMs: new SystemClock().now(), id: randomBytes(4).toString('hex') },
      signal,
      otherWork: () => new FileObjectStore(workElsewhere.make()),
      mayLackReport: true,
      onWarning: warn,
    };
    const result = await reconcile(lake, options, (step) => progress.show(step));
    const { reportProblem } = result;
    if (reportProblem !== null) warn(`the report is left out: ${reportProblem}`);
    return result;
  } finally {
    progress.stop();
    workElsewhere.remove();
  }
}

/** A folder of this machine, for a lake that cannot be written to. */
class TemporaryFolder {
  #path: string | null = null;

  make(): string {
    this.#path ??= mkdtempSync(join(tmpdir(), 'tandem-reconcile-'));
    return this.#path;
  }

  remove(): void {
    if (this.#path !== null) rmSync(this.#path, { recursive: true, force: true });
  }
}

/** The result of a comparison for `--json` (contract §6). */
export function reconcileJson(result: ReconcileResult): Record<string, unknown> {
  const counts = Object.entries(result.classes).map(([name, { count }]) => [name, count]);
  const { sinceMs, untilMs } = result.period;
  return {
    ...(Number.isFinite(sinceMs) ? { since: new Date(sinceMs).toISOString() } : {}),
    ...(Number.isFinite(untilMs) ? { until: new Date(untilMs).toISOString() } : {}),
    agree: result.agree,
    classes: Object.fromEntries(counts),
    batch_revenue: formatCents(result.batchRevenueCents),
    stream_revenue: formatCents(result.streamRevenueCents),
    explained_cents: exactNumber(result.explainedCents),
    unexplained: result.unexplained,
    differences: result.reportProblem === null ? result.reportKey : null,
  };
}

/** A JSON number with all of its digits, also where a double would round it. */
function exactNumber(value: bigint): unknown {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(value));
}

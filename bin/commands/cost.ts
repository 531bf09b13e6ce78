import type { Command } from 'commander';
import { TerminalError } from '../../lambdas/shared/model/errors.ts';
import type { CostLine } from '../../lib/aws/cost/cost-line.ts';
import { type BatchEstimate, estimateBatch } from '../../lib/aws/cost/estimate-batch.ts';
import { costOfBusyMonth, costOfIdleMonth } from '../../lib/aws/cost/estimate-month.ts';
import { costOfKeeping } from '../../lib/aws/cost/estimate-storage.ts';
import { costOfOrders } from '../../lib/aws/cost/estimate-stream.ts';
import { type MeasuredCounters, readMeasured } from '../../lib/aws/cost/measured-counters.ts';
import type {
  CommandContext,
  CommandResult,
  CommonOptions,
  StartCommand,
} from '../base/command.ts';
import { wholeNumberOption } from '../options/option-values.ts';
import { addLakeOption } from '../options/stream-options.ts';
import { addTargetOption, openLake, type TargetOptions } from '../options/target.ts';
import {
  batchLines,
  costRows,
  estimateJson,
  GENERATED_BYTES_PER_ORDER,
  linesJson,
  PRICES_JSON,
  PRICES_TEXT,
} from '../text/cost-view.ts';
import { byteText, counted, textTable } from '../text/text-table.ts';

const DEFAULT_ORDERS = 1_000_000;
const MAX_ORDERS = 1e12;
const DEFAULT_RUNS_PER_DAY = 24;
const MAX_RUNS_PER_DAY = 1_440;

interface CostCommandOptions extends CommonOptions, TargetOptions {
  readonly orders: number;
  readonly runsPerDay: number;
  readonly measured?: true;
  readonly lake?: string;
}

const DESCRIPTION =
  'Estimate the AWS cost of N orders, by batch and by stream, of an idle month, of a month ' +
  'of publications, and of storage.\n\n' +
  'Uses the sizes of your config and list prices, whose date is printed. --measured takes ' +
  'bytes per order and records per log entry from the current batch run and epoch of a ' +
  'lake.';

const EXAMPLES = `
Examples:
  $ tandem cost
  $ tandem cost --orders 50000000 --json
  $ tandem cost --measured --target aws       with the sizes the deployment has counted
`;

/** Adds `tandem cost`: options, help and action. */
export function defineCost(command: Command, start: StartCommand): void {
  command
    .description(DESCRIPTION)
    .option('--orders <n>', 'number of orders', wholeNumberOption(1, MAX_ORDERS), DEFAULT_ORDERS)
    .option(
      '--runs-per-day <n>',
      'batch runs per day; each keeps its tables for batch.keepRunsFor',
      wholeNumberOption(1, MAX_RUNS_PER_DAY),
      DEFAULT_RUNS_PER_DAY,
    )
    .option('--measured', 'use sizes measured in the lake instead of typical ones');
  addLakeOption(command);
  addTargetOption(command)
    .addHelpText('after', EXAMPLES)
    .action((options: CostCommandOptions) => start(options, (context) => cost(options, context)));
}

async function cost(options: CostCommandOptions, context: CommandContext): Promise<CommandResult> {
  const { config } = context;
  const { orders } = options;
  const measured = options.measured === true ? await measure(options, context) : null;
  const bytesPerOrder = measured?.batch?.bytesPerRecord ?? GENERATED_BYTES_PER_ORDER;
  const recordsPerEntry = measured?.stream?.recordsPerEntry;
  const batch = estimateBatch(Math.max(1, Math.round(orders * bytesPerOrder)), config);
  const stream = costOfOrders(config, {
    orders,
    ...(recordsPerEntry === undefined ? {} : { recordsPerEntry }),
  });
  const idle = costOfIdleMonth(config);
  const busy = costOfBusyMonth(config, { orders });
  const kept = costOfKeeping(config, { orders, bytesPerOrder, runsPerDay: options.runsPerDay });
  return {
    json: {
      orders,
      bytes_per_order: Number(bytesPerOrder.toFixed(2)),
      stream: linesJson(stream),
      batch: estimateJson(batch),
      idle_month: linesJson(idle),
      busy_month: linesJson(busy),
      kept_month: linesJson(kept),
      measured: measured === null ? null : measuredJson(measured),
      prices: PRICES_JSON,
    },
    text: [
      costText(`stream: ${counted(orders, 'order')}`, stream),
      costText(batchTitle(batch, orders), batchLines(batch)),
      costText('an idle month', idle),
      costText('added by a busy month: every publication has new records', busy),
      costText(keptTitle(orders, options.runsPerDay), kept),
      measured === null ? '' : measuredText(measured),
      `${PRICES_TEXT}\n`,
    ]
      .filter((part) => part !== '')
      .join('\n'),
  };
}

async function measure(
  options: CostCommandOptions,
  context: CommandContext,
): Promise<MeasuredCounters> {
  const { store, name } = await openLake(options, context);
  const measured = await readMeasured(store, context.config.stream.name);
  if (measured.batch !== null || measured.stream !== null) return measured;
  const message = `${name} holds no publication to measure; publish one, or leave out --measured`;
  throw new TerminalError('nothing_published', message);
}

function batchTitle({ plan }: BatchEstimate, orders: number): string {
  return `batch: one run over ${counted(orders, 'order')}, ${byteText(plan.inputBytes)}`;
}

function keptTitle(orders: number, runsPerDay: number): string {
  return `${counted(orders, 'order')} kept for a month, with ${counted(runsPerDay, 'run')} a day`;
}

function costText(title: string, lines: readonly CostLine[]): string {
  const columns = [{ title: 'service' }, { title: 'for' }, { title: 'cost', isNumber: true }];
  return `${title}\n\n${textTable(columns, costRows(lines))}`;
}

function measuredJson({ batch, stream }: MeasuredCounters) {
  return {
    batch: batch && {
      run_id: batch.runId,
      records: batch.records,
      input_bytes: batch.inputBytes,
      table_bytes: batch.tableBytes,
    },
    stream: stream && { epoch: stream.epoch, records: stream.records, log_entries: stream.entries },
  };
}

function measuredText({ batch, stream }: MeasuredCounters): string {
  const lines: string[] = [];
  if (batch !== null) {
    const { runId, records, inputBytes, tableBytes, bytesPerRecord } = batch;
    lines.push(
      `measured: run ${runId} read ${counted(records, 'record')} of ${bytesPerRecord.toFixed(1)} ` +
        `bytes (${byteText(inputBytes)}), and wrote ${byteText(tableBytes)}`,
    );
  }
  if (stream !== null) {
    const { epoch, records, entries, recordsPerEntry } = stream;
    lines.push(
      `measured: up to epoch ${epoch} the stream read ${counted(records, 'record')} in ` +
        `${counted(entries, 'log entry', 'log entries')}, ${recordsPerEntry.toFixed(1)} each`,
    );
  }
  return `${lines.join('\n')}\n`;
}

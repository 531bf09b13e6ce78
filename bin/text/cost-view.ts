import { type CostLine, totalOf } from '../../lib/aws/cost/cost-line.ts';
import type { BatchEstimate } from '../../lib/aws/cost/estimate-batch.ts';
import { PRICES } from '../../lib/aws/cost/prices.ts';
import { withCommas } from './text-table.ts';

/** Estimates as they are shown and printed. Amounts are US dollars. */

/** Bytes of CSV per order of `tandem generate`: 571 MB for 10 million. */
export const GENERATED_BYTES_PER_ORDER = 57;

/** US dollars for people; amounts below 10 get two digits more than cents. */
export function dollars(amount: number): string {
  return `$${amount.toFixed(amount < 10 ? 4 : 2)}`;
}

/** Seconds for people: `53 s`, `7.5 min`, `2.0 h`. */
export function timeText(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${(seconds / 60).toFixed(1)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}

export const PRICES_TEXT =
  `prices of ${PRICES.region} as of ${PRICES.asOf}, without free tiers and discounts: ` +
  PRICES.source;

export const PRICES_JSON = {
  as_of: PRICES.asOf,
  region: PRICES.region,
  currency: 'USD',
  source: PRICES.source,
};

/** An estimate for `--json`: bytes, seconds, and US dollars rounded to a millionth. */
export function estimateJson(estimate: BatchEstimate) {
  const { plan, wallSec, functionSec, exchangeBytes, requests, cost } = estimate;
  return {
    input_bytes: plan.inputBytes,
    chunks: plan.chunkCount,
    map_tasks: plan.taskCount,
    chunk_bytes: plan.chunkBytes,
    buckets: plan.bucketCount,
    wave_bytes: plan.waveBytes,
    exchange_bytes: Math.round(exchangeBytes),
    limits: plan.limits.map(({ name, used, limit, usedPercent }) => {
      return { name, used, limit, used_percent: usedPercent };
    }),
    ranges: plan.rangeCount,
    side_by_side: estimate.maxConcurrency,
    wall_seconds: rounded(wallSec, 1),
    waiting_seconds: rounded(estimate.waitingSec, 1),
    function_seconds: rounded(functionSec, 1),
    requests: {
      s3_puts: requests.puts,
      s3_gets: requests.gets,
      state_transitions: requests.transitions,
    },
    cost: {
      lambda: rounded(cost.lambda, 6),
      step_functions: rounded(cost.stepFunctions, 6),
      s3: rounded(cost.s3, 6),
      logs: rounded(cost.logs, 6),
      total: rounded(cost.total, 6),
    },
  };
}

/** The bill of a batch run, in the order in which AWS lists it. */
export function batchLines({ cost, requests, functionSec }: BatchEstimate): CostLine[] {
  return [
    {
      service: 'Lambda',
      what: `${timeText(functionSec)} of functions of one core`,
      cost: cost.lambda,
    },
    {
      service: 'Step Functions',
      what: `${withCommas(requests.transitions)} transitions`,
      cost: cost.stepFunctions,
    },
    {
      service: 'S3',
      what: `${withCommas(requests.puts)} PUT and ${withCommas(requests.gets)} GET requests`,
      cost: cost.s3,
    },
    { service: 'CloudWatch', what: 'logs of functions and executions', cost: cost.logs },
  ];
}

/** Lines of a bill with their total for `--json`, in US dollars rounded to a millionth. */
export function linesJson(lines: readonly CostLine[]) {
  return {
    lines: lines.map(({ service, what, cost }) => ({ service, what, cost: rounded(cost, 6) })),
    total: rounded(totalOf(lines), 6),
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** Table rows of a bill, with the total at the end. */
export function costRows(lines: readonly CostLine[]): string[][] {
  const rows = lines.map(({ service, what, cost }) => [service, what, dollars(cost)]);
  return [...rows, ['total', '', dollars(totalOf(lines))]];
}

import { DEFAULT_CONFIG } from '../../lambdas/shared/model/config.ts';
import type { CostLine } from '../../lib/aws/cost/cost-line.ts';
import { estimateBatch } from '../../lib/aws/cost/estimate-batch.ts';
import { costOfBusyMonth, costOfIdleMonth } from '../../lib/aws/cost/estimate-month.ts';
import { costOfKeeping, keptRuns } from '../../lib/aws/cost/estimate-storage.ts';
import { costOfOrders } from '../../lib/aws/cost/estimate-stream.ts';
import { PRICES } from '../../lib/aws/cost/prices.ts';
import {
  batchLines,
  costRows,
  dollars,
  GENERATED_BYTES_PER_ORDER,
  PRICES_TEXT,
  timeText,
} from '../text/cost-view.ts';
import { byteText, withCommas } from '../text/text-table.ts';
import { NOTICE } from './reference-docs.ts';

const SIZES_BYTES = [1e9, 1e10, 1e11, 1e12];
const ORDERS = 1_000_000;
const RUNS_PER_DAY = 24;
const KEPT = {
  orders: ORDERS,
  bytesPerOrder: GENERATED_BYTES_PER_ORDER,
  runsPerDay: RUNS_PER_DAY,
};

/** The generated cost document: what `tandem plan` and `tandem cost` say of the default config. */
export function costMarkdown(): string {
  const config = DEFAULT_CONFIG;
  const { streamMode, shards, maxParallel } = config.aws;
  const batch = estimateBatch(ORDERS * GENERATED_BYTES_PER_ORDER, config);
  return `${NOTICE}
# What it costs on AWS

Estimates for the default config (${streamMode}, ${shards} shards), in US dollars: ${PRICES_TEXT}.
\`npx tandem cost\` and \`npx tandem plan\` print the same for your config, \`--measured\` by what your
deployment has counted. How each number comes about stands beside it in \`lib/aws/cost\`. Nobody has
compared them with a bill yet.

## A million orders through the stream

${costTable(costOfOrders(config, { orders: ORDERS }))}

Beside these runs what a month costs, whatever comes.

## A month in which nothing happens

${costTable(costOfIdleMonth(config))}

The stream is most of it, and stays after \`cdk destroy\`, as all that holds data, and costs the same until it
is deleted: docs/operations.md says how. With one shard (\`aws.shards\`) it is half; with \`aws.retention: 24h\`
keeping costs nothing, but what is not consumed within a day is lost. Events of AWS's own services
and schedules on EventBridge's default bus cost nothing.

## Added by a month in which every publication has something new

${costTable(costOfBusyMonth(config, { orders: ORDERS }))}

Comparisons of a million orders, one each ${config.aws.reconcileEveryMs / 60_000} minutes (\`aws.reconcileEvery\`); while nothing is
new they compare nothing. Publications come every ${config.stream.publishEveryMs / 1000} s (\`stream.every\`): half as many cost half.

## A million orders, kept for a month

With a batch run each hour: every run keeps a whole copy of its tables for \`batch.keepRunsFor\`.

${costTable(costOfKeeping(config, KEPT))}

Uploads that replace others keep those for \`aws.keepVersionsFor\`. With one run a day there are ${keptRuns(config, 1)} copies, not ${keptRuns(config, RUNS_PER_DAY)}.

## A million orders through the batch door

One run over ${byteText(ORDERS * GENERATED_BYTES_PER_ORDER)}, at ${GENERATED_BYTES_PER_ORDER} bytes an order as \`tandem generate\` writes them.

${costTable(batchLines(batch))}

## Batch runs by size

\`tandem plan --bytes N\`: CSV in plain files of 1 GiB, ${maxParallel} steps side by side (\`aws.maxParallel\`).

| CSV | tasks | buckets | exchange | reads | time | functions run | cost |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${SIZES_BYTES.map(sizeRow).join('\n')}

A run begins \`batch.quietFor\` after the last upload. S3 answers ${withCommas(5_500)} reads and ${withCommas(3_500)} writes per second
of one prefix; steps that wait for it are in the time, and functions that wait in the cost. Orders of a
month are counted with: each bucket writes two files a day. With orders of a year the same bytes are
twelve times as many files; more \`aws.batchMemory\` makes buckets larger, and fewer.

## Prices

${PRICES.region}, ${PRICES.asOf}, as \`lib/aws/cost/prices.ts\` has them.

| price | US dollars |
| --- | ---: |
${priceRows().join('\n')}
`;
}

function costTable(lines: readonly CostLine[]): string {
  const rows = costRows(lines).map((cells) => `| ${cells.join(' | ')} |`);
  return `| service | for | cost |\n| --- | --- | ---: |\n${rows.join('\n')}`;
}

function sizeRow(inputBytes: number): string {
  const { plan, wallSec, functionSec, exchangeBytes, requests, cost } = estimateBatch(
    inputBytes,
    DEFAULT_CONFIG,
  );
  const cells = [
    byteText(inputBytes),
    withCommas(plan.taskCount),
    withCommas(plan.bucketCount),
    byteText(exchangeBytes),
    withCommas(requests.gets),
    timeText(wallSec),
    timeText(functionSec),
    dollars(cost.total),
  ];
  return `| ${cells.join(' | ')} |`;
}

function priceRows(): string[] {
  return Object.entries(PRICES)
    .filter(([, price]) => typeof price === 'number')
    .map(([name, price]) => `| \`${name}\` | ${Number(price).toFixed(10).replace(/0+$/, '')} |`)
    .map((row) => row.replace(/\. \|$/, ' |'));
}

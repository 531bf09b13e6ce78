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
\`npx tandem cost\` and \`npx tandem plan\` print the same for your config; \`--measured\` uses the sizes that
your deployment has counted. \`lib/aws/cost\` explains each number. They have not been compared with a bill yet.

## A million orders through the stream

${costTable(costOfOrders(config, { orders: ORDERS }))}

The cost of an idle month comes on top.

## An idle month

${costTable(costOfIdleMonth(config))}

Most of this is the stream. Like everything that holds data, it stays after \`cdk destroy\` and costs the
same until you delete it (docs/operations.md). With one shard (\`aws.shards\`) it costs half. With
\`aws.retention: 24h\` retention is free, but records not consumed within a day are lost. Events of AWS
services and schedules on the default bus of EventBridge are free.

## A busy month: every publication has new records

${costTable(costOfBusyMonth(config, { orders: ORDERS }))}

This comes on top of an idle month. It includes a comparison of a million orders every
${config.aws.reconcileEveryMs / 60_000} minutes (\`aws.reconcileEvery\`); without new records nothing is compared. Epochs are published every
${config.stream.publishEveryMs / 1000} s (\`stream.every\`); half as many cost half.

## A million orders, kept for a month

With a batch run every hour. Each run keeps a full copy of its tables for \`batch.keepRunsFor\`.

${costTable(costOfKeeping(config, KEPT))}

Replaced uploads are kept for \`aws.keepVersionsFor\`. One run per day means ${keptRuns(config, 1)} copies instead of ${keptRuns(config, RUNS_PER_DAY)}.

## A million orders through the batch door

One run over ${byteText(ORDERS * GENERATED_BYTES_PER_ORDER)}, at ${GENERATED_BYTES_PER_ORDER} bytes per order as written by \`tandem generate\`.

${costTable(batchLines(batch))}

## Batch runs by size

\`tandem plan --bytes N\`: CSV in plain files of 1 GiB, ${maxParallel} functions in parallel (\`aws.maxParallel\`).

| CSV | tasks | buckets | exchange | reads | time | functions run | cost |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${SIZES_BYTES.map(sizeRow).join('\n')}

A run starts \`batch.quietFor\` after the last upload. S3 serves ${withCommas(5_500)} reads and ${withCommas(3_500)} writes per second
and prefix; the time and cost include waiting for it. The estimates assume orders of one month: each
bucket writes two files per day. The same bytes with orders of a year make twelve times as many files;
more \`aws.batchMemory\` makes fewer, larger buckets.

## Prices

${PRICES.region}, ${PRICES.asOf}, from \`lib/aws/cost/prices.ts\`.

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

import { DEFAULT_CONFIG } from '../lambdas/shared/model/config.ts';
import { estimateBatch } from '../lib/aws/cost/estimate-batch.ts';
import {
  type CostLine,
  costOfBusyMonth,
  costOfIdleMonth,
  costOfOrders,
} from '../lib/aws/cost/estimate-stream.ts';
import { PRICES } from '../lib/aws/cost/prices.ts';
import {
  batchLines,
  costRows,
  dollars,
  GENERATED_BYTES_PER_ORDER,
  PRICES_TEXT,
  timeText,
} from './cost-view.ts';
import { NOTICE } from './reference-docs.ts';
import { byteText, withCommas } from './text-table.ts';

const SIZES_BYTES = [1e9, 1e10, 1e11, 1e12];
const ORDERS = 1_000_000;

/** What `tandem plan` and `tandem cost` say of the default config. */
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

The stream is most of it, and stays after \`cdk destroy\`, as all that holds data: docs/operations.md says how to
delete it. With one shard (\`aws.shards\`) it is half.

## Added by a month in which every publication has something new

${costTable(costOfBusyMonth(config))}

Publications come every ${config.stream.publishEveryMs / 1000} s (\`stream.every\`): half as many cost half.

## A million orders through the batch door

One run over ${byteText(ORDERS * GENERATED_BYTES_PER_ORDER)}, at ${GENERATED_BYTES_PER_ORDER} bytes an order as \`tandem generate\` writes them.

${costTable(batchLines(batch))}

## Batch runs by size

\`tandem plan --bytes N\`: CSV in plain files of 1 GiB, ${maxParallel} steps side by side (\`aws.maxParallel\`).

| CSV | chunks | buckets | exchange | time | functions run | cost |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${SIZES_BYTES.map(sizeRow).join('\n')}

A run begins \`batch.quietFor\` after the last upload.

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
  const { plan, wallSec, functionSec, exchangeBytes, cost } = estimateBatch(
    inputBytes,
    DEFAULT_CONFIG,
  );
  const cells = [
    byteText(inputBytes),
    withCommas(plan.chunkCount),
    withCommas(plan.bucketCount),
    byteText(exchangeBytes),
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

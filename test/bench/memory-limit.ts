/**
 * `npm run bench:memory -- [--large] [--sizes 10M] [--limit 512MiB] [--json]`: does a batch run
 * stay below `batch.memoryLimitBytes`? 10 M orders, with `--large` 100 M (about 12 GB of disk).
 * Exit 1 where it does not.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseByteSize } from '../../lambdas/shared/model/config-values.ts';
import { parseSizes, sizeName } from './harness/bench-arguments.ts';
import { benchPath, emptyFolder, generatedLanding, TANDEM } from './harness/bench-data.ts';
import { type BenchRow, figureRow } from './harness/bench-row.ts';
import { measureProcess } from './harness/measured-process.ts';
import { formatReport } from './harness/report.ts';
import { summariseUsage } from './harness/statistics.ts';

const { values } = parseArgs({
  strict: true,
  options: {
    large: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    sizes: { type: 'string' },
    limit: { type: 'string', default: '512MiB' },
  },
});
const sizes = parseSizes(values.sizes ?? (values.large ? '10M,100M' : '10M'));
const limitBytes = parseByteSize(values.limit);
const note = (text: string) => {
  process.stderr.write(`${text}\n`);
};

const rows: BenchRow[] = [];
let peakBytes = 0;
for (const orders of sizes) rows.push(await runLimited(orders));
process.stdout.write(values.json ? `${JSON.stringify(rows, null, 2)}\n` : formatReport(rows));
note(`peak ${peakBytes} bytes, limit ${limitBytes} bytes`);
process.exitCode = peakBytes <= limitBytes ? 0 : 1;

async function runLimited(orders: number): Promise<BenchRow> {
  const landing = await generatedLanding(orders, false, note);
  const lake = benchPath(`memory-${sizeName(orders)}`, 'tandem');
  const config = benchPath(`memory-${sizeName(orders)}`, 'tandem.yaml');
  emptyFolder(lake);
  writeFileSync(config, `batch:\n  memoryLimitBytes: ${limitBytes}\n`);
  const { usage, output } = await measureProcess([
    ...[TANDEM, 'batch', '--landing', landing, '--lake', lake, '--config', config],
    ...['--workers', '2', '--json'],
  ]);
  peakBytes = Math.max(peakBytes, usage.rssBytes);
  const { counts } = output as { counts: { read: number } };
  const figure = { value: usage.rssBytes / 1024 ** 2, unit: 'MiB', rounds: 1 };
  const name = `batch_${sizeName(orders)}_within_${values.limit}`;
  return figureRow(name, counts.read, figure, summariseUsage([usage]));
}

/**
 * `npm run bench -- [--json|--markdown] [--quick] [--only CASE]… [--sizes 10k,1M,10M] [--fresh]`:
 * our program and its peers, whole processes in turn, medians of rounds. Results that differ are an
 * error.
 */
import { batchJob } from './cases/batch-job.ts';
import type { BenchCase, CaseContext } from './cases/case.ts';
import { csvParse } from './cases/csv-parse.ts';
import { functionStart } from './cases/function-start.ts';
import { parquetWrite } from './cases/parquet-write.ts';
import { startUp } from './cases/start-up.ts';
import { streamSteps } from './cases/stream-steps.ts';
import { type BenchArguments, parseBenchArguments } from './harness/bench-arguments.ts';
import { generatedLanding } from './harness/bench-data.ts';
import type { BenchRow } from './harness/bench-row.ts';
import { formatMarkdown, formatReport } from './harness/report.ts';

const CASES: readonly BenchCase[] = [
  startUp,
  functionStart,
  csvParse,
  parquetWrite,
  batchJob,
  streamSteps,
];

const REPORTS = {
  text: formatReport,
  markdown: formatMarkdown,
  json: (rows: readonly BenchRow[]) => `${JSON.stringify(rows, null, 2)}\n`,
};

const args = argumentsOrExit();
const rows = await runCases(args);
process.stdout.write(REPORTS[args.format](rows));

/** A wrong command line is a message and exit 2, not a stack. */
function argumentsOrExit(): BenchArguments {
  const names = CASES.map(({ name }) => name);
  try {
    return parseBenchArguments(process.argv.slice(2), names);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return process.exit(2);
  }
}

async function runCases({ isQuick, isFresh, only, sizes }: BenchArguments): Promise<BenchRow[]> {
  const note = (text: string) => {
    process.stderr.write(`${text}\n`);
  };
  const landings = new Map<number, Promise<string>>();
  const landing = (orders: number) => {
    const known = landings.get(orders) ?? generatedLanding(orders, isFresh, note);
    landings.set(orders, known);
    return known;
  };
  const context: CaseContext = { sizes, isQuick, note, landing };
  const rows: BenchRow[] = [];
  for (const { name, run } of CASES) {
    if (only === null || only.includes(name)) rows.push(...(await run(context)));
  }
  return rows;
}

import { sizeName } from '../harness/bench-arguments.ts';
import { benchPath, emptyFolder, TANDEM, targetPath } from '../harness/bench-data.ts';
import { type BenchRow, figureRow } from '../harness/bench-row.ts';
import { measureProcess } from '../harness/measured-process.ts';
import { runContest } from '../harness/rounds.ts';
import type { BenchCase, CaseContext, SizedUsage } from './case.ts';

/** As many as DuckDB has threads. */
const WORKERS = '2';

interface JobOutput {
  readonly counts: Readonly<Record<string, number>>;
  readonly revenue: string;
}

/**
 * From a landing folder to all tables, against the best formulation for DuckDB that we know; equal
 * to the last cell.
 */
export const batchJob: BenchCase = {
  name: 'batch',
  run: async (context) => {
    const rows: BenchRow[] = [];
    const sized: SizedUsage[] = [];
    for (const orders of context.sizes) {
      const result = await runSize(orders, context);
      rows.push(...result.rows);
      sized.push({ orders, usage: result.ours });
    }
    return [...rows, ...scalingRows(sized)];
  },
};

async function runSize(orders: number, { landing, note }: CaseContext) {
  const name = `batch_${sizeName(orders)}`;
  const landingDir = await landing(orders);
  const lake = benchPath(name, 'tandem');
  const out = benchPath(name, 'duckdb');
  let rows = orders;
  const answerOf = (output: unknown) => {
    const { counts, revenue } = output as JobOutput;
    rows = counts.read;
    return { counts, revenue };
  };
  const contest = {
    name,
    get rows() {
      return rows;
    },
    rounds: orders >= 10_000_000 ? 3 : 5,
    ours: {
      name: 'tandem',
      args: [
        ...[TANDEM, 'batch', '--landing', landingDir, '--lake', lake],
        ...['--workers', WORKERS, '--json'],
      ],
      prepare: () => emptyFolder(lake),
      answerOf,
    },
    peers: [
      {
        name: 'DuckDB',
        args: [targetPath('batch-duckdb'), landingDir, out],
        prepare: () => emptyFolder(out),
        answerOf,
      },
    ],
  };
  const result = await runContest(contest, note);
  await checkLakes(name, lake, out, note);
  return result;
}

async function checkLakes(
  name: string,
  lake: string,
  out: string,
  note: (text: string) => void,
): Promise<void> {
  const { output } = await measureProcess([targetPath('compare-lakes'), lake, out]);
  const { tables, differences } = output as { tables: object; differences: string[] };
  if (differences.length > 0) throw new Error(`${name}: ${differences.join('\n')}`);
  note(`${name}: every cell of ${Object.keys(tables).length} tables is equal`);
}

/** Ten times the rows should take about ten times as long. */
function scalingRows(sized: readonly SizedUsage[]): BenchRow[] {
  const small = sized.find(({ orders }) => orders === 1_000_000);
  const large = sized.find(({ orders }) => orders === 10_000_000);
  if (small === undefined || large === undefined) return [];
  const row = (name: string, value: number) =>
    figureRow(name, large.orders, { value, unit: 'x', rounds: 3 });
  return [
    row('scaling_10M_to_1M', large.usage.seconds.median / small.usage.seconds.median),
    row('scaling_10M_to_1M_cpu', large.usage.cpuSeconds.median / small.usage.cpuSeconds.median),
  ];
}

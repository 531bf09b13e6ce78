import { statSync } from 'node:fs';
import { orderFiles, targetPath } from '../harness/bench-data.ts';
import { figureRow } from '../harness/bench-row.ts';
import { runContest } from '../harness/rounds.ts';
import type { CsvAnswer } from '../targets/csv-answer.ts';
import type { BenchCase } from './case.ts';

const ROUNDS = 3;

/** CSV to typed values: ours into columns with every rule of a record checked, on one thread. */
export const csvParse: BenchCase = {
  name: 'csv_parse',
  run: async ({ sizes, landing, note }) => {
    const orders = sizes[sizes.length - 1];
    const [file] = orderFiles(await landing(orders));
    let rows = orders;
    const contender = (name: string, target: string) => ({
      name,
      args: [targetPath(target), file],
      answerOf: (output: unknown) => {
        rows = (output as CsvAnswer).rows;
        return output;
      },
    });
    const contest = {
      name: 'csv_parse',
      get rows() {
        return rows;
      },
      rounds: ROUNDS,
      ours: contender('tandem', 'csv-tandem'),
      peers: [contender('csv-parse', 'csv-csv-parse'), contender('DuckDB', 'csv-duckdb')],
    };
    const result = await runContest(contest, note);
    const value = statSync(file).size / 1e6 / result.ours.seconds.median;
    const figure = { value, unit: 'MB/s', rounds: ROUNDS };
    return [...result.rows, figureRow('csv_parse_bytes', rows, figure, result.ours)];
  },
};

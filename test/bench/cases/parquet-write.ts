import { benchPath, emptyFolder, targetPath } from '../harness/bench-data.ts';
import { measureProcess } from '../harness/measured-process.ts';
import { runContest } from '../harness/rounds.ts';
import { PARQUET_ROWS } from '../targets/parquet-rows.ts';
import type { Preparation } from '../targets/preparation.ts';
import type { BenchCase } from './case.ts';

const ROUNDS = 3;
const NAMES = { ours: 'tandem', peers: ['hyparquet-writer', 'parquetjs-lite', 'duckdb'] } as const;

/**
 * 1 M rows × 15 columns. `parquet_write` is whole processes; `parquet_write_alone` begins when the
 * rows are built.
 */
export const parquetWrite: BenchCase = {
  name: 'parquet_write',
  run: async ({ isQuick, note }) => {
    const folder = benchPath('parquet');
    emptyFolder(folder);
    // Half a minute a round: not for a quick look.
    const peerNames = NAMES.peers.filter((name) => !isQuick || name !== 'parquetjs-lite');
    const fileOf = (name: string) => benchPath('parquet', `${name}.parquet`);
    const contender = (name: string) => ({
      name: name === 'duckdb' ? 'DuckDB' : name,
      args: [targetPath(`parquet-${name}`), fileOf(name)],
    });
    const result = await runContest(
      {
        name: 'parquet_write',
        rows: PARQUET_ROWS,
        rounds: ROUNDS,
        ours: contender(NAMES.ours),
        peers: peerNames.map(contender),
        preparationOf: (output) => (output as { preparation: Preparation }).preparation,
      },
      note,
    );
    await checkFiles([NAMES.ours, ...peerNames].map(fileOf));
    return result.rows;
  },
};

async function checkFiles(files: readonly string[]): Promise<void> {
  const { output } = await measureProcess([targetPath('compare-parquet'), ...files]);
  const digests = (output as { digests: string[][] }).digests.map((digest) => digest.join());
  const differing = files.filter((_, index) => digests[index] !== digests[0]);
  if (differing.length > 0) throw new Error(`other rows than ours: ${differing.join(', ')}`);
}

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { DEFAULT_CONFIG } from '../../../lambdas/shared/model/config.ts';
import { BUNDLE_OPTIONS, bundleFunctions } from '../../../lib/aws/bundle/bundle-functions.ts';
import { FUNCTION_NAMES } from '../../../lib/aws/bundle/function-names.ts';
import { benchPath, targetPath } from '../harness/bench-data.ts';
import { type BenchRow, figureRow } from '../harness/bench-row.ts';
import { runContest } from '../harness/rounds.ts';
import type { BenchCase } from './case.ts';

const ROUNDS = 15;

/**
 * Functions of Lambda: what they weigh, and what it takes to start one with the clients of S3,
 * DynamoDB and Kinesis, over one that loads nothing. Whole processes of Node on this machine; a
 * cold start has the same work to do, beside what Lambda itself needs.
 */
export const functionStart: BenchCase = {
  name: 'function_start',
  run: async ({ note }) => {
    const folder = benchPath('functions');
    const ours = { name: 'with clients', args: [bundled('function-with-clients', folder)] };
    const empty = { name: 'empty handler', args: [bundled('function-empty', folder)] };
    const contest = { name: 'function_start', rows: 0, rounds: ROUNDS, ours, peers: [empty] };
    const { rows } = await runContest(contest, note);
    const [row] = rows;
    // CPU time: loading is all work and no waiting, and other jobs disturb it least.
    const overEmptyMs = ((row.cpu_seconds ?? 0) - (row.peer_cpu_seconds ?? 0)) * 1000;
    const overEmpty = {
      ...row,
      name: 'function_start_over_empty',
      value: Math.round(overEmptyMs),
      unit: 'ms',
    };
    return [overEmpty, ...bundleRows(folder)];
  },
};

function bundled(target: string, folder: string): string {
  const outfile = join(folder, `${target}.cjs`);
  buildSync({ ...BUNDLE_OPTIONS, entryPoints: [targetPath(target)], outfile });
  return outfile;
}

function bundleRows(folder: string): BenchRow[] {
  const bundles = bundleFunctions(join(folder, 'all'), DEFAULT_CONFIG);
  return FUNCTION_NAMES.map((name) => {
    const { size } = statSync(join(bundles[name], 'index.js'));
    const value = Math.round(size / 1000);
    return figureRow(`function_${name}`, 0, { value, unit: 'kB', rounds: 1 }, null);
  });
}

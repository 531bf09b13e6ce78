import { TANDEM } from '../harness/bench-data.ts';
import { figureRow } from '../harness/bench-row.ts';
import { runContest } from '../harness/rounds.ts';
import type { BenchCase } from './case.ts';

const ROUNDS = 9;

/** From the start of Node to the end of `tandem --help`. */
export const startUp: BenchCase = {
  name: 'start_up',
  run: async ({ note }) => {
    const ours = { name: 'tandem', args: [TANDEM, '--help'] };
    const result = await runContest(
      { name: 'start_up', rows: 0, rounds: ROUNDS, ours, peers: [] },
      note,
    );
    const value = result.ours.seconds.median * 1000;
    return [figureRow('start_up', 0, { value, unit: 'ms', rounds: ROUNDS }, result.ours)];
  },
};

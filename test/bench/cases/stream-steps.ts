import { benchPath, emptyFolder, targetPath } from '../harness/bench-data.ts';
import { type BenchRow, figureRow } from '../harness/bench-row.ts';
import { measureProcess } from '../harness/measured-process.ts';
import { summarise, summariseUsage } from '../harness/statistics.ts';
import type { BenchCase, CaseContext } from './case.ts';

const ROUNDS = 3;
/** What the name of a step's figure says. */
const STEPS = [
  { step: 'classify', name: 'stream_classify', events: 2_000_000 },
  { step: 'memory', name: 'stream_consume_memory', events: 1_000_000 },
  { step: 'local', name: 'stream_consume_local', events: 1_000_000 },
  { step: 'fold', name: 'stream_fold_claims', events: 2_000_000 },
  { step: 'publish', name: 'stream_publish_epoch', events: 1_000_000 },
] as const;

/** A tenth of the events, for a look in a minute. */
const QUICK_SHARE = 10;

/** Where one item per order would be: what the state costs is set beside it. */
const UNITS_OF_ITEM_PER_ORDER = 1_000_000;

/** As `stream-steps.ts` prints it. */
interface StepOutput {
  readonly cpu: number;
  readonly write_units_per_million?: number;
  readonly state_bytes_per_million?: number;
}

/** The steps of the stream door, one thread, without the making of the events. */
export const streamSteps: BenchCase = {
  name: 'stream',
  run: async (context) => {
    const rows: BenchRow[] = [];
    for (const step of STEPS) rows.push(...(await runStep(step, context)));
    return rows;
  },
};

async function runStep(
  { step, name, events: fullEvents }: (typeof STEPS)[number],
  { isQuick, note }: CaseContext,
): Promise<BenchRow[]> {
  const events = isQuick ? fullEvents / QUICK_SHARE : fullEvents;
  const usages = [];
  const outputs: StepOutput[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const folder = benchPath('stream-steps');
    emptyFolder(folder);
    const run = await measureProcess([targetPath('stream-steps'), step, String(events), folder]);
    usages.push(run.usage);
    outputs.push(run.output as StepOutput);
    note(`${name}: round ${round + 1} of ${ROUNDS}`);
  }
  const value = events / summarise(outputs.map(({ cpu }) => cpu)).median;
  const rate = { value: Math.round(value), unit: 'events per CPU second', rounds: ROUNDS };
  const rows = [figureRow(name, events, rate, summariseUsage(usages))];
  const [{ write_units_per_million: units, state_bytes_per_million: bytes }] = outputs;
  if (step !== 'memory' || units === undefined || bytes === undefined) return rows;
  const figure = (what: string, amount: number, unit: string) =>
    figureRow(`stream_state_${what}`, events, { value: amount, unit, rounds: ROUNDS });
  return [
    ...rows,
    figure('write_units', units, 'write units per 1 M orders'),
    figure('bytes', bytes, 'bytes per 1 M orders'),
    figure('share', UNITS_OF_ITEM_PER_ORDER / units, 'x less than an item per order'),
  ];
}

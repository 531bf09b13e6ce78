import { isDeepStrictEqual } from 'node:util';
import { type BenchRow, comparisonRow, type MeasuredSide } from './bench-row.ts';
import { type MeasuredRun, measureProcess } from './measured-process.ts';
import { type ProcessUsage, summariseUsage, type UsageSummary } from './statistics.ts';

/** A program under test: arguments for Node. */
export interface Contender {
  readonly name: string;
  readonly args: readonly string[];
  /** Empties the place where it writes; not measured. */
  readonly prepare?: () => void;
  /** The part of its output that must be equal for all contenders. */
  readonly answerOf?: (output: unknown) => unknown;
}

export interface Contest {
  readonly name: string;
  /** Read when the rounds are over. */
  readonly rows: number;
  readonly rounds: number;
  readonly ours: Contender;
  readonly peers: readonly Contender[];
  /**
   * What a process says it used before the part that matters; adds rows `<name>_alone` without it.
   */
  readonly preparationOf?: (output: unknown) => Omit<ProcessUsage, 'rssBytes'>;
}

export interface ContestResult {
  /** One row for each peer, or one row without a peer. */
  readonly rows: readonly BenchRow[];
  readonly ours: UsageSummary;
}

export type RunContender = (args: readonly string[]) => Promise<MeasuredRun>;

/**
 * Rounds in which every contender runs once, one after the other, each round beginning with another
 * one, so that what disturbs the machine disturbs all. Throws when two contenders give different
 * answers.
 */
export async function runContest(
  contest: Contest,
  note: (text: string) => void,
  run: RunContender = measureProcess,
): Promise<ContestResult> {
  const contenders = [contest.ours, ...contest.peers];
  const runs = new Map<Contender, MeasuredRun[]>(contenders.map((one) => [one, []]));
  const checkAnswer = answerChecker(contest.name);
  for (let round = 0; round < contest.rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const contender = contenders[(round + turn) % contenders.length];
      contender.prepare?.();
      const measured = await run(contender.args);
      note(noteOf(contest.name, round, contender.name, measured.usage));
      checkAnswer(contender, measured.output);
      runs.get(contender)?.push(measured);
    }
  }
  const { preparationOf } = contest;
  const whole = contestRows(contest, contest.name, runs, ({ usage }) => usage);
  if (preparationOf === undefined) return whole;
  const alone = contestRows(contest, `${contest.name}_alone`, runs, ({ usage, output }) => {
    const { seconds, cpuSeconds } = preparationOf(output);
    return {
      ...usage,
      seconds: usage.seconds - seconds,
      cpuSeconds: usage.cpuSeconds - cpuSeconds,
    };
  });
  return { ours: whole.ours, rows: [...whole.rows, ...alone.rows] };
}

function answerChecker(contestName: string): (contender: Contender, output: unknown) => void {
  let first: { answer: unknown; from: string } | null = null;
  return ({ name, answerOf }, output) => {
    if (answerOf === undefined) return;
    const answer = answerOf(output);
    first ??= { answer, from: name };
    if (isDeepStrictEqual(answer, first.answer)) return;
    throw new Error(
      `${contestName}: ${name} answers ${JSON.stringify(answer)}, ` +
        `${first.from} ${JSON.stringify(first.answer)}`,
    );
  };
}

function contestRows(
  { ours, peers, rows, rounds }: Contest,
  name: string,
  runs: ReadonlyMap<Contender, readonly MeasuredRun[]>,
  usageOf: (run: MeasuredRun) => ProcessUsage,
): ContestResult {
  const sideOf = (one: Contender): MeasuredSide => ({
    name: one.name,
    usage: summariseUsage((runs.get(one) ?? []).map(usageOf)),
  });
  const ourSide = sideOf(ours);
  const peerSides = peers.length === 0 ? [null] : peers.map(sideOf);
  return {
    rows: peerSides.map((peer) => comparisonRow({ name, rows, rounds }, ourSide, peer)),
    ours: ourSide.usage,
  };
}

function noteOf(name: string, round: number, contender: string, usage: ProcessUsage): string {
  const figures = [
    `${usage.seconds.toFixed(2)} s`,
    `${usage.cpuSeconds.toFixed(2)} cpu-s`,
    `${Math.round(usage.rssBytes / 1e6)} MB`,
  ];
  return `${name} round ${round + 1}: ${contender} ${figures.join(', ')}`;
}

import { describe, expect, it } from 'vitest';
import { type Contest, runContest } from '../../bench/harness/rounds.ts';

const OURS = { name: 'tandem', args: ['ours'], answerOf: (output: unknown) => output };
const PEER = { name: 'peer', args: ['peer'], answerOf: (output: unknown) => output };

function aContest(overrides: Partial<Contest> = {}): Contest {
  return { name: 'case', rows: 1000, rounds: 3, ours: OURS, peers: [PEER], ...overrides };
}

/** Stands for processes: what each of them used, by round. */
function scripted(usages: Record<string, readonly (readonly [number, number, number])[]>) {
  const calls: string[] = [];
  const run = async ([name]: readonly string[]) => {
    const round = calls.filter((call) => call === name).length;
    calls.push(name);
    const [seconds, cpuSeconds, megabytes] = usages[name][round];
    const preparation = { seconds: 1, cpuSeconds: 0.5 };
    return { usage: { seconds, cpuSeconds, rssBytes: megabytes * 1e6 }, output: { preparation } };
  };
  return { calls, run };
}

const THREE_ROUNDS = {
  ours: [
    [2, 4, 100],
    [1.5, 5, 110],
    [9, 3, 90],
  ],
  peer: [
    [8, 16, 300],
    [10, 12, 400],
    [6, 20, 200],
  ],
} as const;

describe('runContest', () => {
  it('runs every contender once a round, each round beginning with another one', async () => {
    const { calls, run } = scripted(THREE_ROUNDS);

    await runContest(aContest(), () => {}, run);

    expect(calls).toEqual(['ours', 'peer', 'peer', 'ours', 'ours', 'peer']);
  });

  it('reports medians, ratios as peer / ours by CPU and by wall, and the spread', async () => {
    const { run } = scripted(THREE_ROUNDS);

    const { rows } = await runContest(aContest(), () => {}, run);

    expect(rows).toEqual([
      {
        name: 'case',
        rows: 1000,
        seconds: 2,
        cpu_seconds: 4,
        rss_mb: 100,
        peer: 'peer',
        peer_seconds: 8,
        peer_cpu_seconds: 16,
        peer_rss_mb: 300,
        ratio: 4,
        wall_ratio: 4,
        value: 500,
        unit: 'rows/s',
        rounds: 3,
        spread: {
          seconds: [1.5, 9],
          cpu_seconds: [3, 5],
          rss_mb: [90, 110],
          peer_seconds: [6, 10],
          peer_cpu_seconds: [12, 20],
          peer_rss_mb: [200, 400],
        },
      },
    ]);
  });

  it('has null in the fields of a peer where there is none', async () => {
    const { run } = scripted(THREE_ROUNDS);

    const { rows } = await runContest(aContest({ peers: [] }), () => {}, run);

    expect(rows).toMatchObject([{ peer: null, peer_seconds: null, ratio: null, wall_ratio: null }]);
  });

  it('adds rows without the preparation that a process reports', async () => {
    const { run } = scripted(THREE_ROUNDS);
    const preparationOf = (output: unknown) =>
      (output as { preparation: { seconds: number; cpuSeconds: number } }).preparation;

    const { rows } = await runContest(aContest({ preparationOf }), () => {}, run);

    expect(rows).toMatchObject([
      { name: 'case', seconds: 2, cpu_seconds: 4, peer_seconds: 8 },
      { name: 'case_alone', seconds: 1, cpu_seconds: 3.5, peer_seconds: 7 },
    ]);
  });

  it('prepares a contender before each of its runs', async () => {
    const { run } = scripted(THREE_ROUNDS);
    let prepared = 0;
    const ours = {
      ...OURS,
      prepare: () => {
        prepared += 1;
      },
    };

    await runContest(aContest({ ours }), () => {}, run);

    expect(prepared).toBe(3);
  });

  it('fails when two contenders give different answers', async () => {
    const { run } = scripted(THREE_ROUNDS);
    const peer = { ...PEER, answerOf: () => ({ revenue: '1.00' }) };
    const ours = { ...OURS, answerOf: () => ({ revenue: '1.01' }) };

    await expect(runContest(aContest({ ours, peers: [peer] }), () => {}, run)).rejects.toThrow(
      'case: peer answers {"revenue":"1.00"}, tandem {"revenue":"1.01"}',
    );
  });
});

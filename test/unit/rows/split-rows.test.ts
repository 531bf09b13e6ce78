import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KernelArena } from '../../../lambdas/shared/kernels/kernel-arena.ts';
import { KernelMemory } from '../../../lambdas/shared/kernels/kernel-memory.ts';
import { MAX_INSTANT_MS } from '../../../lambdas/shared/model/time.ts';
import type { RowSource } from '../../../lambdas/shared/rows/row-source.ts';
import { createRowsKernel } from '../../../lambdas/shared/rows/rows-kernel.ts';
import { splitRows } from '../../../lambdas/shared/rows/split-rows.ts';
import {
  ACTIVE,
  CANCELLED,
  DUPLICATE,
  LATE,
  OUTCOMES,
  type Outcome,
  QUARANTINED,
} from '../../../lambdas/shared/rules/outcome.ts';
import { A_ROW, blocksSource, oneBlockSource } from '../../support/row-sources.ts';
import { runs } from '../../support/runs.ts';
import { seed } from '../../support/seed.ts';

const DAY_MS = 86_400_000;
const LAST_DAY = 84_005;

interface Row {
  readonly outcome: Outcome;
  readonly timeMs: number;
}

interface Part {
  readonly table: string;
  readonly day: number | null;
  readonly rows: readonly number[];
}

const memory = KernelMemory.create();
const arena = new KernelArena(memory);
const kernel = createRowsKernel(memory);

function mayCount({ outcome }: Row): boolean {
  return outcome === 'active' || outcome === 'cancelled';
}

/** The same rows in one block, and in these blocks. */
function sourcesOf(blocks: readonly (readonly Row[])[]): RowSource[] {
  const rows = blocks.map((block) =>
    block.map((row) => ({ ...A_ROW, timeMs: row.timeMs, mayCount: mayCount(row) })),
  );
  return [oneBlockSource(rows.flat(), arena), blocksSource(rows, arena)];
}

function splitOf(source: RowSource, rows: readonly Row[]): Part[] {
  const outcomesAt = arena.take(rows.length);
  const codes = rows.map(({ outcome }) => OUTCOMES.indexOf(outcome));
  memory.bytes(outcomesAt, rows.length).set(codes);
  const roomAt = arena.take(rows.length * 8);
  const parts = splitRows(source, { kernel, arena, outcomesAt, roomAt });
  return parts.map((part) => ({ ...part, rows: [...part.rows] }));
}

/** By looking at all rows for each table and day. */
function slowly(rows: readonly Row[]): Part[] {
  const counted = rows.filter(mayCount).map(({ timeMs }) => Math.floor(timeMs / DAY_MS));
  const days = [...new Set(counted)].sort((a, b) => a - b);
  const numbersOf = (outcome: Outcome, day: number | null) =>
    [...rows.keys()].filter((number) => {
      const row = rows[number];
      const isOfDay = day === null || Math.floor(row.timeMs / DAY_MS) === day;
      return row.outcome === outcome && isOfDay;
    });
  return [
    ...days.map((day) => ({ table: 'orders', day, rows: numbersOf('active', day) })),
    ...days.map((day) => ({ table: 'cancelled', day, rows: numbersOf('cancelled', day) })),
    { table: 'duplicates', day: null, rows: numbersOf('duplicate', null) },
    { table: 'late', day: null, rows: numbersOf('late', null) },
  ].filter((part) => part.rows.length > 0);
}

const edges = [0, DAY_MS - 1, DAY_MS, MAX_INSTANT_MS, MAX_INSTANT_MS - DAY_MS, 255, 256, 65_536];
const timeMs = fc.oneof(
  fc.nat(4 * DAY_MS),
  fc.integer({ min: 20_454 * DAY_MS, max: 20_458 * DAY_MS }),
  fc.constantFrom(...edges),
);
const invalidMs = fc.constantFrom(-1, -DAY_MS, Number.NaN, 1e18, 0);
const row: fc.Arbitrary<Row> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ outcome: fc.constantFrom(...OUTCOMES), timeMs }) },
  {
    weight: 1,
    arbitrary: fc.record({ outcome: fc.constant('quarantined' as const), timeMs: invalidMs }),
  },
);

describe('rows of a source', () => {
  it('are always split by outcome and by day, in their order', () => {
    const blocks = fc.array(fc.array(row, { maxLength: 20 }), { maxLength: 5 });
    fc.assert(
      fc.property(blocks, (drawn) => {
        arena.reset();
        const rows = drawn.flat();
        const expected = slowly(rows);

        for (const source of sourcesOf(drawn)) {
          expect(splitOf(source, rows)).toEqual(expected);
        }
      }),
      { seed, ...runs(300) },
    );
  });

  it.each<[string, readonly (readonly Row[])[]]>([
    ['no block', []],
    ['blocks without rows', [[], []]],
    ['rows with issues alone', [[{ outcome: 'quarantined', timeMs: Number.NaN }]]],
  ])('are none: %s', (_what, blocks) => {
    for (const source of sourcesOf(blocks)) expect(splitOf(source, blocks.flat())).toEqual([]);
  });

  it('may be of the first day and of the last', () => {
    const rows: Row[] = [
      { outcome: 'active', timeMs: MAX_INSTANT_MS },
      { outcome: 'cancelled', timeMs: 0 },
      { outcome: 'active', timeMs: DAY_MS - 1 },
      { outcome: 'cancelled', timeMs: MAX_INSTANT_MS },
      { outcome: 'active', timeMs: LAST_DAY * DAY_MS - 1 },
    ];

    for (const source of sourcesOf([rows.slice(0, 2), rows.slice(2)])) {
      expect(splitOf(source, rows)).toEqual([
        { table: 'orders', day: 0, rows: [2] },
        { table: 'orders', day: LAST_DAY - 1, rows: [4] },
        { table: 'orders', day: LAST_DAY, rows: [0] },
        { table: 'cancelled', day: 0, rows: [1] },
        { table: 'cancelled', day: LAST_DAY, rows: [3] },
      ]);
    }
  });
});

describe('outcomes of a block', () => {
  it('are those of any status that fits a byte, but for duplicates', () => {
    const outcomes = [ACTIVE, CANCELLED, QUARANTINED, LATE];
    const outcomeOfStatus = Uint8Array.from({ length: 256 }, (_, status) => outcomes[status % 4]);
    const statuses = Uint8Array.from({ length: 512 }, (_, at) => at % 256);
    const isDuplicate = Uint8Array.from({ length: 512 }, (_, at) => Number(at >= 256));
    const into = arena.take(512);

    kernel.outcomesOf(
      ...([arena.place(statuses), arena.place(isDuplicate), 512] as const),
      ...([arena.place(outcomeOfStatus), DUPLICATE, into] as const),
    );

    const expected = [...outcomeOfStatus, ...new Array(256).fill(DUPLICATE)];
    expect([...memory.bytes(into, 512)]).toEqual(expected);
  });
});

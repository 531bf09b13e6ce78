import { describe, expect, it } from 'vitest';
import { checkChunks } from '../../../../lambdas/batch/check-chunks/check-chunks.ts';
import type { BatchPlan } from '../../../../lambdas/batch/run/batch-plan.ts';
import type { ChunkResult } from '../../../../lambdas/batch/run/chunk-result.ts';
import { csvLayout } from '../../../../lambdas/shared/ingest/csv-layout.ts';

/** One plain input whose records begin at 10, cut at these ends. */
function planOf(ends: readonly number[], inputIndex = 0) {
  return ends.map((endByte, chunkIndex) => ({
    chunkIndex,
    inputIndex,
    startByte: chunkIndex === 0 ? 10 : ends[chunkIndex - 1],
    endByte,
  }));
}

const input = { key: 'orders/a.csv', etag: '1', sizeBytes: 100, dataOffset: 10 };
const plain = { ...input, kind: 'csv' as const, layout: csvLayout([0, 1, 2, 3, 4, 5, 6]) };
const gzip = { ...input, kind: 'gzip' as const, layout: null };

const result = (
  first: number | null,
  next: number | null,
  status: ChunkResult['status'] = 'mapped',
) => ({ status, firstRecordOffset: first, nextRecordOffset: next }) as ChunkResult;

const check = (
  chunks: BatchPlan['chunks'],
  results: readonly (ChunkResult | null)[],
  inputs: BatchPlan['inputs'] = [plain],
) => checkChunks({ inputs, chunks } as BatchPlan, results);

const NOTHING = { repairs: [], empty: new Set() };

describe('checkChunks', () => {
  it('finds a chain whole where each chunk ends where the next one starts', () => {
    const results = [result(10, 43), result(43, 75), result(75, 100)];

    expect(check(planOf([40, 70, 100]), results)).toEqual(NOTHING);
  });

  it('repairs the first broken link from where the chunk before ended', () => {
    const results = [result(10, 50), result(43, 75), result(70, 100)];

    expect(check(planOf([40, 70, 100]), results)).toEqual({
      repairs: [{ chunkIndex: 1, knownStart: 50 }],
      empty: new Set(),
    });
  });

  it('repairs a chunk without a line end that holds the start of a record', () => {
    expect(check(planOf([40, 100]), [result(10, 41), result(null, null)])).toEqual({
      repairs: [{ chunkIndex: 1, knownStart: 41 }],
      empty: new Set(),
    });
  });

  it('repairs a chunk that gave up, and one that ran never', () => {
    for (const second of [result(45, null, 'unresolved'), null]) {
      expect(check(planOf([40, 100]), [result(10, 45), second])).toEqual({
        repairs: [{ chunkIndex: 1, knownStart: 45 }],
        empty: new Set(),
      });
    }
  });

  it('drops chunks that lie within a record of an earlier one', () => {
    const results = [result(10, 95), result(45, 72), result(null, null), result(95, 100)];

    expect(check(planOf([40, 70, 80, 100]), results)).toEqual({
      repairs: [],
      empty: new Set([1, 2]),
    });
  });

  it('drops the only chunk of a file that has a header alone', () => {
    expect(check(planOf([10]), [result(10, 10)])).toEqual({ repairs: [], empty: new Set([0]) });
  });

  it('follows each input on its own, and leaves gzip alone', () => {
    const chunks = [...planOf([40, 100], 0), ...planOf([100], 1), ...planOf([40, 100], 2)].map(
      (chunk, chunkIndex) => ({ ...chunk, chunkIndex }),
    );
    const results = [
      ...[result(10, 41), result(42, 100)],
      result(null, null, 'rejected'),
      ...[result(10, 42), result(41, 100)],
    ];

    expect(check(chunks, results, [plain, gzip, plain])).toEqual({
      repairs: [
        { chunkIndex: 1, knownStart: 41 },
        { chunkIndex: 4, knownStart: 42 },
      ],
      empty: new Set(),
    });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashBytes, viewOf } from '../../../lambdas/shared/ingest/bytes.ts';
import {
  createDedupeMemory,
  findDuplicates,
  type IdSlice,
  sliceIndexOf,
} from '../../../lambdas/shared/transform/dedupe.ts';
import { runs } from '../../support/runs.ts';
import { seed } from '../../support/seed.ts';

type Hash = (view: DataView, start: number, end: number) => number;

function sliceOf(texts: readonly string[], hash: Hash = hashBytes): IdSlice {
  const ids = viewOf(new Uint8Array(Buffer.from(texts.join(''))));
  const idEnd = new Uint32Array(texts.length);
  let end = 0;
  const hashes = texts.map((text, index) => {
    const start = end;
    end += Buffer.byteLength(text);
    idEnd[index] = end;
    return hash(ids, start, end);
  });
  return { rowCount: texts.length, idHash: Uint32Array.from(hashes), idEnd, ids };
}

/** Each duplicate with the first row that has its id, by a map. */
function expectedPairs(texts: readonly string[]): [number, number][] {
  const first = new Map<string, number>();
  return texts.flatMap((text, row): [number, number][] => {
    const earlier = first.get(text);
    if (earlier !== undefined) return [[row, earlier]];
    first.set(text, row);
    return [];
  });
}

const memory = createDedupeMemory();

function pairsOf(slices: readonly (readonly string[])[], hash?: Hash): [number, number][] {
  const { rows, firstRows, isDuplicate } = findDuplicates(
    slices.map((texts) => sliceOf(texts, hash)),
    memory,
  );
  const pairs = [...rows].map((row, index): [number, number] => [row, firstRows[index]]);
  const marked = slices.flat().flatMap((_, row) => (isDuplicate[row] === 1 ? [row] : []));
  expect(marked).toEqual([...rows]);
  return pairs;
}

describe('findDuplicates', () => {
  const id = fc.oneof(
    fc.integer({ min: 1, max: 30 }).map((number) => `o${number}`),
    fc.constantFrom('a', 'ab', 'abc', 'abcd', 'abcde', 'abcdefghi', 'abcdefghj', 'ß', '😀'),
  );
  const slices = fc.array(fc.array(id, { maxLength: 40 }), { maxLength: 5 });

  it('always finds what a map finds, over slices of any size', () => {
    fc.assert(
      fc.property(slices, (texts) => {
        expect(pairsOf(texts)).toEqual(expectedPairs(texts.flat()));
      }),
      { seed, ...runs(500) },
    );
  });

  it('is always exact where hashes meet', () => {
    const hashes: Hash[] = [() => 0, (_view, start, end) => (end - start) * 256];
    fc.assert(
      fc.property(slices, fc.constantFrom(...hashes), (texts, hash) => {
        expect(pairsOf(texts, hash)).toEqual(expectedPairs(texts.flat()));
      }),
      { seed, ...runs(300) },
    );
  });

  it('finds copies among many rows', () => {
    const texts = Array.from({ length: 50_000 }, (_, row) => `order-${row % 30_000}`);

    const pairs = pairsOf([texts.slice(0, 17), [], texts.slice(17)]);
    expect(pairs).toHaveLength(20_000);
    expect(pairs[0]).toEqual([30_000, 0]);
    expect(pairs.at(-1)).toEqual([49_999, 19_999]);
  });
});

describe('sliceIndexOf', () => {
  it('passes over slices without rows', () => {
    const bases = Float64Array.from([0, 0, 2, 2, 2, 5]);

    expect([0, 1, 2, 4].map((row) => sliceIndexOf(bases, row))).toEqual([1, 1, 4, 4]);
  });
});

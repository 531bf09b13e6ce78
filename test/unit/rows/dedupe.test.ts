import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashBytes, viewOf } from '../../../lambdas/shared/bytes/bytes.ts';
import { KernelMemory } from '../../../lambdas/shared/kernels/kernel-memory.ts';
import type { Keep } from '../../../lambdas/shared/model/config-rules.ts';
import {
  createDedupeMemory,
  findDuplicates,
  type IdSlice,
} from '../../../lambdas/shared/rows/dedupe.ts';
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

/** Each duplicate with the row that is kept of its id, by looking for it. */
function expectedPairs(texts: readonly string[], keep: Keep): [number, number][] {
  const keptRow = (text: string) =>
    keep === 'first' ? texts.indexOf(text) : texts.lastIndexOf(text);
  return texts.flatMap((text, row): [number, number][] => {
    const kept = keptRow(text);
    return kept === row ? [] : [[row, kept]];
  });
}

const memory = createDedupeMemory();

function pairsOf(
  slices: readonly (readonly string[])[],
  keep: Keep,
  hash?: Hash,
): [number, number][] {
  const { rows, keptRows, isDuplicate } = findDuplicates(
    slices.map((texts) => sliceOf(texts, hash)),
    memory,
    keep,
  );
  const pairs = [...rows].map((row, index): [number, number] => [row, keptRows[index]]);
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

  const keeps = fc.constantFrom<Keep>('first', 'last');

  it('always finds what a search finds, over slices of any size', () => {
    fc.assert(
      fc.property(slices, keeps, (texts, keep) => {
        expect(pairsOf(texts, keep)).toEqual(expectedPairs(texts.flat(), keep));
      }),
      { seed, ...runs(500) },
    );
  });

  it('is always exact where hashes meet', () => {
    const hashes: Hash[] = [() => 0, (_view, start, end) => (end - start) * 256];
    fc.assert(
      fc.property(slices, keeps, fc.constantFrom(...hashes), (texts, keep, hash) => {
        expect(pairsOf(texts, keep, hash)).toEqual(expectedPairs(texts.flat(), keep));
      }),
      { seed, ...runs(300) },
    );
  });

  it('reads nothing behind the rows of a slice', () => {
    const fresh = createDedupeMemory();
    const { ids } = sliceOf(['aa', 'bb', 'aa', 'cc']);
    const slice = {
      ...{ rowCount: 3, ids, idHash: Uint32Array.of(5, 5, 5, 5, 5) },
      idEnd: Uint32Array.of(2, 4, 6, 0, 0),
    };

    const { rows, keptRows } = findDuplicates([slice], fresh, 'first');

    expect([[...rows], [...keptRows]]).toEqual([[2], [0]]);
  });

  it('stays in the memory of the call before, also with 15 % more rows', () => {
    const kernelMemory = KernelMemory.create();
    const own = createDedupeMemory(kernelMemory);
    const texts = Array.from({ length: 23_000 }, (_, row) => `order-${row % 2_000}`);
    const fewer = [sliceOf(texts.slice(0, 9_000)), sliceOf(texts.slice(9_000, 20_000))];
    /** Each row from 2,000 on repeats one of the first. */
    const foundIn = (slices: readonly IdSlice[]) => {
      const { rows, keptRows } = findDuplicates(slices, own, 'first');
      const right = [...rows].filter((row, i) => row === i + 2_000 && keptRows[i] === i % 2_000);
      return { found: rows.length, right: right.length };
    };
    expect(foundIn(fewer)).toEqual({ found: 18_000, right: 18_000 });
    const others = kernelMemory.bytes(kernelMemory.allocate(1_000_000), 1_000_000).fill(7);
    const end = kernelMemory.allocate(0);

    for (let call = 0; call < 5; call++) {
      expect(foundIn(fewer)).toEqual({ found: 18_000, right: 18_000 });
    }
    expect(foundIn([sliceOf(texts)])).toEqual({ found: 21_000, right: 21_000 });

    expect(kernelMemory.allocate(0)).toBe(end);
    expect(others.every((byte) => byte === 7)).toBe(true);
  });

  it('finds copies among many rows', () => {
    const texts = Array.from({ length: 50_000 }, (_, row) => `order-${row % 30_000}`);

    const slices = [texts.slice(0, 17), [], texts.slice(17)];

    const pairs = pairsOf(slices, 'first');
    expect(pairs).toHaveLength(20_000);
    expect(pairs[0]).toEqual([30_000, 0]);
    expect(pairs.at(-1)).toEqual([49_999, 19_999]);
    const last = pairsOf(slices, 'last');
    expect(last).toHaveLength(20_000);
    expect(last[0]).toEqual([0, 30_000]);
    expect(last.at(-1)).toEqual([19_999, 49_999]);
  });
});

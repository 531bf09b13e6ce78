import { expect, it } from 'vitest';
import { Spill } from '../../../../lambdas/reconcile/work/spill.ts';
import { MemoryObjectStore } from '../../../support/memory/memory-object-store.ts';

const batchOf = (from: number, count: number, tags: readonly string[] | null) => ({
  number: Float64Array.from({ length: count }, (_, i) => from + i),
  cents: BigInt64Array.from({ length: count }, (_, i) => BigInt(from + i) * 10n ** 15n),
  code: Int32Array.from({ length: count }, (_, i) => -from - i),
  flag: Uint8Array.from({ length: count }, (_, i) => i % 2),
  tag: tags,
});

it.each([1, 4, 100])(
  'gives back each partition in the order of dealing (%i)',
  async (bufferRows) => {
    const lake = new MemoryObjectStore();
    const spill = new Spill<ReturnType<typeof batchOf>>(lake, {
      prefix: 'work/x/',
      partitionCount: 3,
      bufferRows,
    });
    await spill.deal(batchOf(0, 3, ['a', 'b', 'c']), Uint32Array.of(0, 2, 0));
    await spill.deal(batchOf(3, 2, null), Uint32Array.of(0, 2));
    await spill.flush();

    const rows: unknown[][] = [];
    for (const partition of [0, 1, 2]) {
      for await (const { number, cents, code, flag, tag } of spill.read(partition)) {
        number.forEach((value, i) => {
          rows.push([partition, value, cents[i], code[i], flag[i], tag?.[i] ?? null]);
        });
      }
    }
    expect(rows).toEqual([
      [0, 0, 0n, 0, 0, 'a'],
      [0, 2, 2n * 10n ** 15n, -2, 0, 'c'],
      [0, 3, 3n * 10n ** 15n, -3, 0, null],
      [2, 1, 10n ** 15n, -1, 1, 'b'],
      [2, 4, 4n * 10n ** 15n, -4, 1, null],
    ]);
  },
);

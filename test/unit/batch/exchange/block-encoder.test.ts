import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockEncoder } from '../../../../lambdas/batch/exchange/block-encoder.ts';
import { readHeader, viewColumns } from '../../../../lambdas/batch/exchange/slice-layout.ts';
import { copyBytes, dealHash } from '../../../../lambdas/shared/bytes/bytes.ts';
import { OrderColumns } from '../../../../lambdas/shared/ingest/order-columns.ts';
import { CUSTOMER, MAX_QUANTITY, PRODUCT } from '../../../../lambdas/shared/model/order.ts';
import { placed } from '../../../support/bytes-of.ts';
import { runs } from '../../../support/runs.ts';
import { seed } from '../../../support/seed.ts';

const CAPACITY = 64;

interface Row {
  readonly offset: number;
  readonly id: string;
  readonly hash: number;
  readonly customer: string;
  readonly product: string;
  readonly timeMs: number;
  readonly quantity: number;
  readonly priceCents: number;
  readonly remainderCents: number;
  readonly status: number;
}
interface BadRow {
  readonly offset: number;
  readonly issues: number;
  readonly raw: string;
}

/** Numbers on both sides of every width in which a column may be stored. */
const edge = (max: number) =>
  fc.oneof(
    fc.integer({ min: 0, max }),
    fc.constantFrom(
      ...[0, 1, 0xff, 0x100, 0xffff, 0x1_0000, 0xffff_ffff, 0x1_0000_0000, max].filter(
        (value) => value <= max,
      ),
    ),
  );
const text = fc.constantFrom('', 'a', 'ab', 'abc', 'abcd', 'abcdefg', 'ß€😀', 'x'.repeat(128));

/** Of few rows, so that most slices have none. */
const remainder = fc.oneof(
  { weight: 30, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom(-(2 ** 31), -50_000, -1, 1, 50_000, 2 ** 31 - 1) },
);

const row = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      step: edge(2 ** 33),
      id: text,
      hash: fc.integer({ min: 0, max: 0xffff_ffff }),
      customer: text,
      product: fc.oneof(
        text,
        fc.nat(400).map((number) => `p${number}`),
      ),
      timeMs: edge(Date.UTC(2200, 0, 1) - 1),
      quantity: edge(MAX_QUANTITY),
      priceCents: edge(9_999_999_999),
      remainderCents: remainder,
      // More than there are statuses: a column of them has one byte for each.
      status: fc.oneof(fc.nat(3), fc.nat(255)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      step: edge(2 ** 33),
      issues: fc.integer({ min: 1, max: 2 ** 26 - 1 }),
      raw: text,
    }),
  },
);

function blockOf(rows: readonly (Row | BadRow)[]): OrderColumns {
  const block = new OrderColumns(CAPACITY);
  rows.forEach((values, index) => {
    block.offset[index] = values.offset;
    block.idEnd[index] = block.ids.size;
    if ('raw' in values) {
      const { bytes, start, end } = placed(values.raw);
      block.issues[index] = values.issues;
      block.raw.reserve(end - start).set(bytes.subarray(start, end), block.raw.size);
      block.raw.size += end - start;
      block.quarantinedRow[block.quarantinedCount] = index;
      block.rawEnd[block.quarantinedCount++] = block.raw.size;
    } else {
      const id = placed(values.id);
      block.ids.reserve(id.end - id.start);
      copyBytes(id.view, id.start, id.end, block.ids.view, block.ids.size);
      block.ids.size += id.end - id.start;
      block.idEnd[index] = block.ids.size;
      const customer = placed(values.customer);
      const product = placed(values.product);
      block.idHash[index] = values.hash;
      [customer, product].forEach(({ view, start, end }, k) => {
        block.codes[k][index] = block.dictionaries[k].codeOf(view, start, end);
      });
      block.timeMs[index] = values.timeMs;
      block.quantity[index] = values.quantity;
      block.priceCents[index] = values.priceCents;
      block.remainderCents[index] = values.remainderCents;
      if (values.remainderCents !== 0) block.hasRemainders = true;
      block.status[index] = values.status;
    }
    block.rowCount = index + 1;
  });
  return block;
}

const textAt = (heap: Uint8Array, ends: Uint32Array, index: number) =>
  Buffer.from(heap.subarray(index === 0 ? 0 : ends[index - 1], ends[index])).toString();

function decoded(slice: Uint8Array): { rows: Row[]; bad: BadRow[] } {
  const header = readHeader(slice);
  const columns = viewColumns(slice);
  const rows = Array.from({ length: header.rowCount }, (_, index): Row => {
    const codedText = (k: number) => {
      const { heap, offsets } = columns.values[k];
      const code = columns.codes[k][index];
      return Buffer.from(heap.subarray(offsets[code], offsets[code + 1])).toString();
    };
    return {
      offset: header.baseOffset + columns.offset[index],
      id: textAt(columns.ids, columns.idEnd, index),
      hash: columns.idHash[index],
      customer: codedText(CUSTOMER),
      product: codedText(PRODUCT),
      timeMs: header.baseTimeMs + columns.time[index],
      quantity: columns.quantity[index],
      priceCents: columns.price[index],
      remainderCents: columns.remainder === null ? 0 : columns.remainder[index],
      status: columns.status[index],
    };
  });
  // Remainders take no byte where there are none.
  const isWithout = rows.every(({ remainderCents }) => remainderCents === 0);
  expect(columns.remainder === null).toBe(isWithout);
  const bad = Array.from({ length: header.quarantinedCount }, (_, index) => ({
    offset: columns.quarantinedOffset[index],
    issues: columns.quarantinedIssues[index],
    raw: textAt(columns.raw, columns.rawEnd, index),
  }));
  return { rows, bad };
}

describe('BlockEncoder', () => {
  it('brings back every row in its bucket and every quarantined record, in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: CAPACITY }),
        fc.integer({ min: 1, max: 5 }),
        async (drafts, bucketCount) => {
          let offset = 0;
          const rows = drafts.map(({ step, ...values }) => {
            offset += step;
            return { offset, ...values };
          });
          const encoder = new BlockEncoder(bucketCount);
          const found: { rows: Row[]; bad: BadRow[] }[] = [];
          // Twice: what one block leaves in the encoder's memory may not show in the next.
          for (const block of [blockOf(rows.toReversed().slice(0, 9)), blockOf(rows)]) {
            found.length = 0;
            await encoder.encode(block, {
              allocate: (sizeBytes) => new Uint8Array(sizeBytes).fill(0xee),
              async keep(bytes, sliceEnds) {
                sliceEnds.forEach((end, bucket) => {
                  const start = bucket === 0 ? 0 : sliceEnds[bucket - 1];
                  expect(start % 8).toBe(0);
                  found.push(decoded(bytes.subarray(start, end)));
                });
              },
            });
          }

          const valid = rows.filter((values): values is Row => !('raw' in values));
          expect(found.map((slice) => slice.rows)).toEqual(
            found.map((_, bucket) =>
              valid.filter(({ hash }) => dealHash(hash, bucketCount) === bucket),
            ),
          );
          expect(found).toHaveLength(bucketCount);
          expect(found.flatMap(({ bad }) => bad)).toEqual(rows.filter((v) => 'raw' in v));
        },
      ),
      { seed, ...runs(300) },
    );
  });
});

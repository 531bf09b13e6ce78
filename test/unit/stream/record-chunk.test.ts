import { describe, expect, it } from 'vitest';
import { EventParser } from '../../../lambdas/shared/ingest/parse-events.ts';
import { ownRules } from '../../../lambdas/shared/ingest/record-rules.ts';
import { KernelMemory } from '../../../lambdas/shared/kernels/kernel-memory.ts';
import { DEFAULT_CONFIG } from '../../../lambdas/shared/model/config.ts';
import type { EpochMs } from '../../../lambdas/shared/model/time.ts';
import { OrderRows } from '../../../lambdas/shared/rows/order-rows.ts';
import { createRowsKernel } from '../../../lambdas/shared/rows/rows-kernel.ts';
import type { Outcome } from '../../../lambdas/shared/rules/outcome.ts';
import { RecordChunk } from '../../../lambdas/stream/publish/shard/record-chunk.ts';
import { valuesByName } from '../../support/column-values.ts';
import { anEvent } from '../../support/stream-world.ts';

const CAPACITY = 64;
const memory = KernelMemory.create();
const parser = new EventParser(ownRules(DEFAULT_CONFIG.rules.statuses));
const picked = new OrderRows(CAPACITY, memory, createRowsKernel(memory));

type Draft = readonly [outcome: Outcome, order: Readonly<Record<string, unknown>>];

const at = (day: string) => ({ order_timestamp: `${day}T00:00:00Z` });
const NO_QUANTITY = { quantity: null };

function add(chunk: RecordChunk, drafts: readonly Draft[]): void {
  const events = drafts.map(([, order]) => anEvent(order));
  const records = drafts.map(([outcome], index) => ({
    record: {
      ...{ sequenceNumber: `${index}`, partitionKey: 'k', arrivalTimeMs: 0 as EpochMs },
      data: events[index],
    },
    outcome,
    watermarkMs: (outcome === 'late' ? 0 : null) as EpochMs | null,
  }));
  chunk.add(records, events, { from: 0, to: events.length, source: 's', parser });
}

function rangeOf(drafts: readonly Draft[]): number[] {
  const chunk = new RecordChunk(CAPACITY, memory);
  add(chunk, drafts);
  return chunk.blocks.flatMap(({ earliestMs, latestMs }) => [earliestMs, latestMs]);
}

function idsOf(chunk: RecordChunk): unknown[] {
  picked.pick(
    chunk,
    Uint32Array.from({ length: chunk.rowCount }, (_, row) => row),
  );
  return valuesByName(picked.columns(chunk), chunk.rowCount).order_id;
}

describe('the block of a chunk', () => {
  it('says the times of the records that count, and of no others', () => {
    const drafts: Draft[] = [
      ['late', at('1970-01-01')],
      ['cancelled', { ...at('2026-01-07'), status: 'cancel' }],
      ['quarantined', { ...at('1970-01-02'), ...NO_QUANTITY }],
      ['active', at('2026-01-05')],
      ['duplicate', at('2199-12-31')],
    ];

    expect(rangeOf(drafts)).toEqual([Date.UTC(2026, 0, 5), Date.UTC(2026, 0, 7)]);
  });

  it('says no time where none of its records counts', () => {
    const none = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

    expect(rangeOf([])).toEqual(none);
    expect(rangeOf([['quarantined', NO_QUANTITY]])).toEqual(none);
  });

  it('has the records that were added after it was asked for', () => {
    const chunk = new RecordChunk(CAPACITY, memory);
    add(chunk, [['active', { order_id: 'a' }]]);
    expect(chunk.blocks.map(({ rowCount }) => rowCount)).toEqual([1]);
    add(chunk, [['active', { order_id: 'b', ...at('2026-01-11') }]]);

    expect(chunk.blocks).toMatchObject([{ rowCount: 2, latestMs: Date.UTC(2026, 0, 11) }]);
    expect(idsOf(chunk)).toEqual(['a', 'b']);
  });

  it('is gone with its records', () => {
    const chunk = new RecordChunk(CAPACITY, memory);
    add(chunk, [['active', { order_id: 'before', ...at('1970-01-01') }]]);
    expect(idsOf(chunk)).toEqual(['before']);
    chunk.clear();
    add(chunk, [['active', { order_id: 'after', ...at('2026-01-05') }]]);

    expect(chunk.blocks).toMatchObject([{ rowCount: 1, earliestMs: Date.UTC(2026, 0, 5) }]);
    expect(idsOf(chunk)).toEqual(['after']);
  });

  it('holds ids that are longer than those it has room for at first', () => {
    const chunk = new RecordChunk(CAPACITY, memory);
    const ids = Array.from({ length: CAPACITY }, (_, row) => `${row}`.padStart(128, 'x'));
    add(
      chunk,
      ids.map((id): Draft => ['active', { order_id: id }]),
    );

    expect(memory.holds(chunk.columns.ids.bytes)).toBe(false);
    expect(idsOf(chunk)).toEqual(ids);
  });
});

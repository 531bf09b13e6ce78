import { hashBytes, viewOf } from '../../lambdas/shared/bytes/bytes.ts';
import { OrderColumns } from '../../lambdas/shared/ingest/order-columns.ts';
import { STATUSES } from '../../lambdas/shared/model/order.ts';
import { NO_TIME } from '../../lambdas/shared/rules/lateness.ts';
import { OUTCOMES } from '../../lambdas/shared/rules/outcome.ts';
import { ClaimSet } from '../../lambdas/shared/state/claims.ts';
import {
  type ArrivedOrders,
  type ClassifiedCut,
  Classifier,
  type CutLimits,
} from '../../lambdas/stream/consume/classify-orders.ts';

export const LENGTHS = {
  windowLengthMs: 100,
  watermarkDelayMs: 50,
  dedupeHorizonMs: 1_000,
  maxAheadMs: 10_000,
};
export const NO_LIMITS = { claimBytes: 1_000_000, segmentBytes: 1_000_000 };
export const NO_TIMES = { maxEventTimeMs: NO_TIME, floorMs: NO_TIME };

export interface Row {
  readonly id?: string;
  readonly timeMs?: number;
  readonly arrivalMs?: number;
  readonly status?: (typeof STATUSES)[number];
  readonly issues?: number;
  readonly bytes?: number;
}

/** Behind the rows stand others, of a batch before. */
export function ordersOf(rows: readonly Row[]): ArrivedOrders {
  const columns = new OrderColumns(rows.length + 2);
  columns.idEnd.fill(1_000);
  columns.issues[rows.length + 1] = 1;
  const arrivalTimeMs = new Float64Array(rows.length + 2);
  const segmentBytes = new Float64Array(rows.length + 2);
  rows.forEach(({ id = '', timeMs = 0, arrivalMs = timeMs, issues = 0, ...row }, index) => {
    const bytes = new TextEncoder().encode(id);
    columns.ids.reserve(bytes.length).set(bytes, columns.ids.size);
    columns.ids.size += bytes.length;
    columns.idEnd[index] = columns.ids.size;
    columns.idHash[index] = hashBytes(viewOf(bytes), 0, bytes.length);
    columns.timeMs[index] = timeMs;
    columns.status[index] = STATUSES.indexOf(row.status ?? 'completed');
    columns.issues[index] = issues;
    arrivalTimeMs[index] = arrivalMs;
    segmentBytes[index] = row.bytes ?? 1;
  });
  columns.rowCount = rows.length;
  return { columns, arrivalTimeMs, segmentBytes };
}

export const outcomesOf = ({ outcome, from, to }: ClassifiedCut) =>
  [...outcome.subarray(from, to)].map((index) => OUTCOMES[index]);

export function claimsOf({ claims }: ClassifiedCut): [string, number][] {
  const { count, ids, starts, ends, timeMs } = claims;
  return Array.from({ length: count }, (_, i) => {
    const bytes = new Uint8Array(ids.buffer, ids.byteOffset + starts[i], ends[i] - starts[i]);
    return [new TextDecoder().decode(bytes), timeMs[i]];
  });
}

export function classifyAll(rows: readonly Row[], times = NO_TIMES, limits: CutLimits = NO_LIMITS) {
  const classifier = new Classifier(LENGTHS, limits, rows.length + 2);
  return classifier.classify(ordersOf(rows), 0, times, new ClaimSet());
}

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OrderColumns } from '../../lambdas/shared/ingest/order-columns.ts';
import { EventParser } from '../../lambdas/shared/ingest/parse-events.ts';
import { ownRules } from '../../lambdas/shared/ingest/record-rules.ts';
import { DEFAULT_CONFIG } from '../../lambdas/shared/model/config.ts';
import { issueCodes } from '../../lambdas/shared/model/issue.ts';
import { CUSTOMER, PRODUCT, STATUSES } from '../../lambdas/shared/model/order.ts';
import { anyEvent } from '../support/messy-order-events.ts';
import { readEvent } from '../support/oracle/event.ts';
import { DEFAULT_STATUSES, examine } from '../support/oracle/order.ts';
import { seed } from '../support/seed.ts';

/** What the oracle says of one event: its issues, or the values the rules read. */
function expectedRow(event: Uint8Array): unknown {
  const { issue, values } = readEvent(event);
  if (issue !== null) return [issue];
  const { issues, order } = examine(values, DEFAULT_STATUSES);
  if (order === null) return issues;
  const { orderId, customerId, productId, eventTimeMs, quantity, priceCents, status } = order;
  const numbers = [eventTimeMs, Number(quantity), Number(priceCents)];
  return { texts: [orderId, customerId, productId, status], numbers };
}

function rowOf(columns: OrderColumns, row: number): unknown {
  if (columns.issues[row] !== 0) return issueCodes(columns.issues[row]);
  const { ids, idEnd, codes, dictionaries } = columns;
  const text = (bytes: Uint8Array, start: number, end: number) =>
    Buffer.from(bytes.subarray(start, end)).toString();
  const codedText = (field: number) => {
    const { heap, offsets } = dictionaries[field];
    const code = codes[field][row];
    return text(heap, offsets[code], offsets[code + 1]);
  };
  const texts = [
    text(ids.bytes, row === 0 ? 0 : idEnd[row - 1], idEnd[row]),
    codedText(CUSTOMER),
    codedText(PRODUCT),
    STATUSES[columns.status[row]],
  ];
  const numbers = [columns.timeMs[row], columns.quantity[row], columns.priceCents[row]];
  return { texts, numbers };
}

const parser = new EventParser(ownRules(DEFAULT_CONFIG.rules.statuses));

it('reads events into the rows that the oracle reads, however they are cut', () => {
  const events = fc.array(anyEvent, { maxLength: 40 });
  fc.assert(
    fc.property(events, fc.array(fc.nat(40), { maxLength: 4 }), (all, borders) => {
      const columns = new OrderColumns(40);
      const cuts = [0, ...borders.filter((at) => at < all.length).sort((a, b) => a - b)];
      cuts.forEach((from, index) => {
        parser.parse(all, from, cuts[index + 1] ?? all.length, columns);
      });

      expect(columns.rowCount).toBe(all.length);
      all.forEach((event, row) => {
        expect(rowOf(columns, row)).toEqual(expectedRow(event));
      });
    }),
    { seed, numRuns: 400 },
  );
});

it('meets valid orders and issues often enough to prove something', () => {
  const rows = fc.sample(anyEvent, { seed, numRuns: 2_000 }).map(expectedRow);

  expect(rows.filter((row) => !Array.isArray(row)).length).toBeGreaterThan(500);
  expect(rows.filter((row) => Array.isArray(row) && row.length > 1).length).toBeGreaterThan(50);
});

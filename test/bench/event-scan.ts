import { scanEvent } from '../../lambdas/shared/ingest/event-scanner.ts';
import { scanLines } from '../../lambdas/shared/ingest/ndjson.ts';
import { OrderColumns } from '../../lambdas/shared/ingest/order-columns.ts';
import { EventParser } from '../../lambdas/shared/ingest/parse-events.ts';
import { ownRules } from '../../lambdas/shared/ingest/record-rules.ts';
import { createSpanBatch } from '../../lambdas/shared/ingest/span-batch.ts';

/**
 * How many events one thread takes per second: `node test/bench/event-scan.ts [events] [rounds]`
 * prints two JSON objects a kind of event: the median CPU seconds of the rounds, which other
 * programs on the machine disturb less than wall time. `scan` finds the values of NDJSON; `parse`
 * reads events one by one into columns, every rule applied.
 */
const eventCount = Number(process.argv[2] ?? 500_000);
const roundCount = Number(process.argv[3] ?? 5);
/** Records that a Kinesis invocation brings at most. */
const PARSED_AT_ONCE = 10_000;

const KINDS: Record<string, (order: Record<string, string | number>) => string> = {
  compact: (order) => JSON.stringify(order),
  spaced: (order) => JSON.stringify(order, null, 1).replaceAll('\n', ' '),
  'with unknown keys': (order) =>
    JSON.stringify({ trace: { id: order.order_id, hops: [1, 2, 3] }, ...order }),
  'with an escape': (order) => JSON.stringify({ ...order, customer_id: `c"${order.customer_id}` }),
  'not ASCII': (order) => JSON.stringify({ ...order, customer_id: `é${order.customer_id}` }),
};

for (const [name, textOf] of Object.entries(KINDS)) {
  const lines = Array.from({ length: eventCount }, (_, i) => `${textOf(orderOf(i))}\n`);
  const input = Buffer.from(lines.join(''));
  const bytes = new Uint8Array(input.length + 4 * 1024 * 1024);
  bytes.set(input);
  report('scan', name, input.length, () => scanAll(bytes, input.length));
  const events = lines.map((line) => Buffer.from(line.trimEnd()));
  report('parse', name, input.length, () => parseAll(events));
}

function report(step: string, name: string, inputBytes: number, run: () => number): void {
  const seconds = Array.from({ length: roundCount }, run).sort((a, b) => a - b);
  const median = seconds[roundCount >> 1];
  const row = {
    step,
    name,
    events: eventCount,
    bytes_per_event: Math.round(inputBytes / eventCount),
    cpu_seconds: Number(median.toFixed(4)),
    cpu_seconds_min: Number(seconds[0].toFixed(4)),
    cpu_seconds_max: Number(seconds[roundCount - 1].toFixed(4)),
    events_per_cpu_second: Math.round(eventCount / median),
  };
  process.stdout.write(`${JSON.stringify(row)}\n`);
}

function orderOf(index: number): Record<string, string | number> {
  return {
    order_id: `o${index}`,
    customer_id: `c${(index * 7919) % 1000}`,
    product_id: `p${(index * 104_729) % 50}`,
    order_timestamp: `2026-01-${String(1 + (index % 28)).padStart(2, '0')}T12:34:56.789Z`,
    quantity: 1 + (index % 10),
    price: `${5 + (index % 400)}.${String(index % 100).padStart(2, '0')}`,
    status: index % 7 === 0 ? 'Canceled' : 'completed',
  };
}

function scanAll(bytes: Uint8Array, end: number): number {
  const batch = createSpanBatch(bytes, end);
  const before = process.cpuUsage();
  let at = 0;
  let scanned = 0;
  while (at < end) {
    at = scanLines(batch, { from: at, end, startBefore: end, isLast: true }, scanEvent);
    for (let record = 0; record < batch.recordCount; record++) {
      if (batch.recordIssue[record] !== 0) throw new Error(`record ${scanned + record} has issues`);
    }
    scanned += batch.recordCount;
    batch.recordCount = 0;
    batch.roomAt = end;
  }
  if (scanned !== eventCount) throw new Error(`scanned ${scanned} of ${eventCount} events`);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function parseAll(events: readonly Uint8Array[]): number {
  const parser = new EventParser(ownRules({ completed: 'completed', canceled: 'cancelled' }));
  const columns = new OrderColumns(PARSED_AT_ONCE);
  const before = process.cpuUsage();
  for (let from = 0; from < events.length; from += PARSED_AT_ONCE) {
    columns.clear();
    parser.parse(events, from, Math.min(events.length, from + PARSED_AT_ONCE), columns);
    if (columns.quarantinedCount > 0) throw new Error('an event has issues');
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

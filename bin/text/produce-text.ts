import type { ProduceTally } from '../../lib/embedded/produce/produce-records.ts';
import { byteText, counted, textTable, withCommas } from './text-table.ts';

/** What was sent, for people. */

const MAX_SKIPPED_SHOWN = 20;

/** How many records and bytes were sent, for people. */
export function sentText({ records, bytes }: ProduceTally): string {
  return `sent ${counted(records, 'record')} (${byteText(bytes)})`;
}

/** Records per second, as the end of a sentence; empty if nothing was sent. */
export function rateText({ records }: ProduceTally, durationMs: number): string {
  if (records === 0 || durationMs <= 0) return '';
  return `, ${withCommas(Math.round((records / durationMs) * 1_000))} per second`;
}

/** A table of records sent by shard; empty if nothing was sent. */
export function shardTable({ recordsByShard }: ProduceTally): string {
  if (recordsByShard.size === 0) return '';
  const rows = [...recordsByShard]
    .sort()
    .map(([shardId, records]) => [shardId, withCommas(records)]);
  return textTable([{ title: 'shard' }, { title: 'records', isNumber: true }], rows);
}

/** A table of records over 1 MiB, which no stream takes; empty if there were none. */
export function skippedTable({ skipped, skippedCount }: ProduceTally): string {
  if (skippedCount === 0) return '';
  const shown = skipped.slice(0, MAX_SKIPPED_SHOWN);
  const rows = shown.map(({ file, offset, bytes }) => [
    file,
    withCommas(offset),
    bytes === null ? 'over 1 MiB' : withCommas(bytes),
  ]);
  const rest = skippedCount - shown.length;
  const more = rest > 0 ? `and ${withCommas(rest)} more\n` : '';
  const table = textTable(
    [
      { title: 'not sent: over 1 MiB' },
      { title: 'offset', isNumber: true },
      { title: 'bytes', isNumber: true },
    ],
    rows,
  );
  return `\n${table}${more}`;
}

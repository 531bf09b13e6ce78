import { cpus, totalmem } from 'node:os';
import { textTable, withCommas } from '../../../bin/text-table.ts';
import type { BenchRow } from './bench-row.ts';

const COLUMNS = [
  { title: 'case' },
  { title: 'rows', isNumber: true },
  { title: 'wall s', isNumber: true },
  { title: 'cpu s', isNumber: true },
  { title: 'MB', isNumber: true },
  { title: 'peer' },
  { title: 'wall s', isNumber: true },
  { title: 'cpu s', isNumber: true },
  { title: 'MB', isNumber: true },
  { title: 'cpu ratio', isNumber: true },
  { title: 'wall ratio', isNumber: true },
  { title: 'value', isNumber: true },
  { title: 'rounds', isNumber: true },
  { title: 'wall s, min to max' },
];

/** A table for people; the ratios are peer / ours. */
export function formatReport(rows: readonly BenchRow[]): string {
  const lines = rows.map((row) => [
    row.name,
    withCommas(row.rows),
    shown(row.seconds),
    shown(row.cpu_seconds),
    shown(row.rss_mb),
    row.peer ?? '',
    shown(row.peer_seconds),
    shown(row.peer_cpu_seconds),
    shown(row.peer_rss_mb),
    shown(row.ratio),
    shown(row.wall_ratio),
    `${withCommas(row.value)} ${row.unit}`,
    String(row.rounds),
    spreadText(row),
  ]);
  return `${machineText()}\n\n${textTable(COLUMNS, lines)}`;
}

/** What a figure depends on beside the code. */
export function machineText(): string {
  const processors = cpus();
  const model = processors[0]?.model ?? 'unknown processor';
  const memoryGb = Math.round(totalmem() / 1e9);
  const node = `Node ${process.versions.node}`;
  return `${processors.length} × ${model}, ${memoryGb} GB, ${node}, ${process.platform}`;
}

function spreadText({ spread }: BenchRow): string {
  const sides = [spread.seconds, spread.peer_seconds].filter((side) => side !== undefined);
  return sides.map((side) => side.join(' to ')).join(' | ');
}

function shown(value: number | null): string {
  return value === null ? '' : withCommas(value);
}

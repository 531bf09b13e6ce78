import { cpus, totalmem } from 'node:os';
import { textTable, withCommas } from '../../../bin/text/text-table.ts';
import type { BenchRow } from './bench-row.ts';

const NUMBER_TITLES = [
  ...['wall s', 'cpu s', 'MB'],
  ...['peer wall s', 'peer cpu s', 'peer MB'],
  ...['cpu ratio', 'wall ratio', 'value', 'rounds'],
];
const COLUMNS = [
  { title: 'case' },
  { title: 'rows', isNumber: true },
  { title: 'peer' },
  ...NUMBER_TITLES.map((title) => ({ title, isNumber: true })),
  { title: 'wall s, min to max' },
];

/** A table for people; the ratios are peer / ours. */
export function formatReport(rows: readonly BenchRow[]): string {
  return `${machineText()}\n\n${textTable(COLUMNS, rows.map(cellsOf))}`;
}

/** The same for documentation. */
export function formatMarkdown(rows: readonly BenchRow[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const titles = COLUMNS.map(({ title }) => title);
  const rules = COLUMNS.map((column) => ('isNumber' in column ? '---:' : '---'));
  const table = [titles, rules, ...rows.map(cellsOf)].map(line).join('');
  return `${machineText()}\n\n${table}`;
}

function cellsOf(row: BenchRow): string[] {
  return [
    row.name,
    row.rows === 0 ? '' : withCommas(row.rows),
    row.peer ?? '',
    shown(row.seconds),
    shown(row.cpu_seconds),
    shown(row.rss_mb),
    shown(row.peer_seconds),
    shown(row.peer_cpu_seconds),
    shown(row.peer_rss_mb),
    shown(row.ratio),
    shown(row.wall_ratio),
    `${withCommas(row.value)} ${row.unit}`,
    String(row.rounds),
    spreadText(row),
  ];
}

/** What a figure depends on beside the code. */
function machineText(): string {
  const processors = cpus();
  const model = processors[0]?.model ?? 'unknown processor';
  const memoryGb = Math.round(totalmem() / 1e9);
  const node = `Node ${process.versions.node}`;
  return `${processors.length} × ${model}, ${memoryGb} GB, ${node}, ${process.platform}`;
}

function spreadText({ spread }: BenchRow): string {
  const sides = [spread.seconds, spread.peer_seconds].filter((side) => side !== undefined);
  return sides.map((side) => side.join(' to ')).join('; peer ');
}

function shown(value: number | null): string {
  return value === null ? '' : withCommas(value);
}

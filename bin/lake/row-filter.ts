import { distance } from 'fastest-levenshtein';
import { parseTimestampMs } from '../../lambdas/shared/ingest/timestamp.ts';
import type { Column } from '../../lambdas/shared/model/column.ts';
import { UsageError } from '../../lambdas/shared/model/errors.ts';
import type { Row } from './row.ts';

/** Values of one column, as rows hold them; null means a missing one. */
export interface Condition {
  readonly column: string;
  readonly values: ReadonlySet<Row[string]>;
}

/**
 * Parses `--where COLUMN=VALUE`: each named column must have one of its values. A value is written
 * as `show` prints it, numbers and times in any form; an empty one is null. Throws `UsageError`.
 */
export function parseConditions(
  texts: readonly string[],
  columns: readonly Column[],
): readonly Condition[] {
  const byColumn = new Map<string, Set<Row[string]>>();
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at < 1)
      throw new UsageError('usage', `--where ${text}: write COLUMN=VALUE, such as status=pending`);
    const column = columnNamed(text.slice(0, at), columns, '--where');
    const values = byColumn.get(column.name) ?? new Set();
    for (const value of valuesOf(column, text.slice(at + 1))) values.add(value);
    byColumn.set(column.name, values);
  }
  return [...byColumn].map(([column, values]) => ({ column, values }));
}

/** Parses `--columns a,b` into columns in this order. Throws `UsageError`. */
export function parseColumns(text: string, columns: readonly Column[]): readonly Column[] {
  const names = text.split(',').map((name) => name.trim());
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) throw new UsageError('usage', `--columns names ${twice} twice`);
  return names.map((name) => columnNamed(name, columns, '--columns'));
}

/** True if a row meets all conditions. */
export function matches(row: Row, conditions: readonly Condition[]): boolean {
  return conditions.every(({ column, values }) => values.has(row[column] ?? null));
}

function columnNamed(name: string, columns: readonly Column[], flag: string): Column {
  const column = columns.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  const names = columns.map((candidate) => candidate.name);
  const nearest = names.toSorted((a, b) => distance(name, a) - distance(name, b))[0];
  throw new UsageError(
    'usage',
    `${flag}: no column ${name} (Did you mean ${nearest}?) Allowed: ${names.join(', ')}.`,
  );
}

/** Values as rows hold them; empty text may be present as well. */
function valuesOf({ name, type }: Column, text: string): readonly Row[string][] {
  if (text === '') return type.kind === 'string' ? [null, ''] : [null];
  const refuse = (allowed: string): never => {
    throw new UsageError('usage', `--where ${name}=${text}: ${name} takes ${allowed}`);
  };
  switch (type.kind) {
    case 'string':
      return [text];
    case 'int32':
      return /^-?\d{1,10}$/.test(text) ? [Number(text)] : refuse('a whole number');
    case 'int64':
      return /^-?\d{1,19}$/.test(text) ? [String(BigInt(text))] : refuse('a whole number');
    case 'decimal':
      return [decimalOf(text, type.scale) ?? refuse('a decimal such as 12.50')];
    case 'date':
      return /^\d{4}-\d\d-\d\d$/.test(text) ? [text] : refuse('a day such as 2026-01-31');
    case 'timestamp': {
      const bytes = new TextEncoder().encode(text);
      const timeMs = parseTimestampMs(bytes, 0, bytes.length);
      return timeMs >= 0
        ? [new Date(timeMs).toISOString()]
        : refuse('an instant such as 2026-01-31T12:00:00Z');
    }
  }
}

/** `12.5` → `"12.50"` at scale 2; null for text that is no such decimal. */
function decimalOf(text: string, scale: number): string | null {
  const match = /^(-?)0*(\d+)(?:\.(\d*?)0*)?$/.exec(text);
  if (match === null) return null;
  const [, sign, whole, fraction = ''] = match as unknown as [string, string, string, string?];
  if (fraction.length > scale) return null;
  const digits = `${whole}.${fraction.padEnd(scale, '0')}`;
  return /[1-9]/.test(digits) ? sign + digits : digits;
}

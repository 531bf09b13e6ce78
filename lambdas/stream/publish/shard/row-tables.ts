import { OUTCOMES } from '../../../shared/model/outcome.ts';
import type { TableName } from '../../../shared/model/tables.ts';
import { MS_PER_DAY } from '../../../shared/model/time.ts';
import { TABLE_OF_OUTCOME } from '../../../shared/state/shard-result.ts';
import type { RecordChunk } from './record-chunk.ts';

/** Rows of one file, in its order. */
export interface FileRows {
  readonly table: Exclude<TableName, 'quarantine'>;
  /** Since 1970; null: the table has no partitions. */
  readonly day: number | null;
  readonly rows: Uint32Array;
}

/**
 * Splits rows by outcome, orders and cancelled ones by day of event time (UTC) too; quarantined
 * ones are left out. Tables in the order of the contract, days ascending, the order of rows kept.
 */
export function splitRows({ columns, outcome }: RecordChunk, rows: Uint32Array): FileRows[] {
  const files: FileRows[] = [];
  for (const [code, name] of OUTCOMES.entries()) {
    const table = TABLE_OF_OUTCOME[name];
    if (table === 'quarantine') continue;
    const ofTable = rows.filter((row) => outcome[row] === code);
    if (table === 'orders' || table === 'cancelled') {
      for (const [day, ofDay] of byDay(columns.timeMs, ofTable)) {
        files.push({ table, day, rows: ofDay });
      }
    } else if (ofTable.length > 0) {
      files.push({ table, day: null, rows: ofTable });
    }
  }
  return files;
}

function byDay(timeMs: Float64Array, rows: Uint32Array): [number, Uint32Array][] {
  const days = new Map<number, number[]>();
  // Records come by and large in order of time, so most are of the same day as the one before.
  let day = Number.NEGATIVE_INFINITY;
  let ofDay: number[] = [];
  for (const row of rows) {
    const sinceDayStart = timeMs[row] - day * MS_PER_DAY;
    if (!(sinceDayStart >= 0 && sinceDayStart < MS_PER_DAY)) {
      day = Math.floor(timeMs[row] / MS_PER_DAY);
      ofDay = days.get(day) ?? [];
      days.set(day, ofDay);
    }
    ofDay.push(row);
  }
  return [...days]
    .sort(([a], [b]) => a - b)
    .map(([number, found]) => [number, Uint32Array.from(found)]);
}

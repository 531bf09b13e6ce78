import { COMMA } from '../bytes/bytes.ts';

/** What the header of a CSV file says of its records. */
export interface CsvLayout {
  /** For each column of the file, the index of its field, or -1 if it is not read. */
  readonly fields: readonly number[];
  /** The byte between fields: ASCII, and no quote, CR or LF. */
  readonly delimiter: number;
}

/**
 * Layout of a CSV file: `fields` maps each column to a field index (-1: not read); `delimiter` is
 * one ASCII byte.
 */
export function csvLayout(fields: readonly number[], delimiter: number = COMMA): CsvLayout {
  return { fields, delimiter };
}

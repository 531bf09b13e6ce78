import { COMMA } from '../bytes/bytes.ts';

/** What the header of a CSV file says of its records. */
export interface CsvLayout {
  /** By column: the field that stands there; -1: nobody asks for it. */
  readonly fields: readonly number[];
  /** What stands between fields: one byte of ASCII that is no quote, CR or LF. */
  readonly delimiter: number;
}

export function csvLayout(fields: readonly number[], delimiter: number = COMMA): CsvLayout {
  return { fields, delimiter };
}

import { MS_PER_DAY } from './time.ts';

/**
 * What a publication tells people although it went well (contract §2.3): the closed list of codes,
 * in the order in which they are reported.
 */
export const WARNING_CODES = [
  'files_ignored',
  'files_rejected',
  'files_vanished',
  'stray_quote',
  'duplicates_differ',
  'last_line_cut',
  'join_misses',
  'dimension_issues',
  'dimension_kept_before',
  'future_events',
] as const;

export type WarningCode = (typeof WARNING_CODES)[number];

/** `future_events` are further ahead, of the run or of their arrival (contract §2.3). */
export const MAX_USUAL_LEAD_MS = MS_PER_DAY;

/** A warning in the form of a manifest's JSON. */
export interface Warning {
  readonly code: WarningCode;
  /** Number of files, records or rows, as the code counts; at least 1. */
  readonly count: number;
  /** One of them: a key, or a key and where in it. Text as it came in: escape it to show it. */
  readonly example: string;
  readonly hint: string;
}

interface Saying {
  /** The words after a count of 1, and after any other count. */
  readonly one: string;
  readonly many: string;
  /** What follows from it, and what to do; the usual hint of the code. */
  readonly hint: string;
}

const SAYINGS: Readonly<Record<WarningCode, Saying>> = {
  files_ignored: {
    one: 'file is ignored',
    many: 'files are ignored',
    hint: 'files and folders whose names begin with . or _ are not read; rename them to include them',
  },
  files_rejected: {
    one: 'file is rejected',
    many: 'files are rejected',
    hint: 'none of their rows count; fix the files and run again',
  },
  files_vanished: {
    one: 'file of the previous run is gone',
    many: 'files of the previous run are gone',
    hint: 'their orders no longer count: a run reads everything in landing, so keep the files there',
  },
  stray_quote: {
    one: 'record holds a stray quote',
    many: 'records hold a stray quote',
    hint: 'the quote was read as an ordinary character; check whether the field has the right value',
  },
  duplicates_differ: {
    one: 'duplicate differs from the record that counts',
    many: 'duplicates differ from the record that counts',
    hint: 'their different values are in no revenue table',
  },
  last_line_cut: {
    one: 'file ends in a line that looks truncated: no line end, and shorter than the others',
    many: 'files end in a line that looks truncated: no line end, and shorter than the others',
    hint: 'the upload may have ended early; compare the file with its source and upload it again',
  },
  join_misses: {
    one: 'active order has no customer or product: its id is not in the files',
    many: 'active orders have no customer or product: their ids are not in the files',
    hint: 'their joined columns are null; compare the spelling of the ids on both sides',
  },
  dimension_issues: {
    one: 'row of customers or products was skipped, or has a value that became null',
    many: 'rows of customers or products were skipped, or have a value that became null',
    hint: 'a row needs its key; registration_date is YYYY-MM-DD, list_price has up to two decimals',
  },
  dimension_kept_before: {
    one: 'of customers and products cannot be read',
    many: 'of customers and products cannot be read',
    hint: 'fix or remove the file; the next epoch reads it again',
  },
  future_events: {
    one: 'counted order is more than a day ahead of the run',
    many: 'counted orders are more than a day ahead of the run',
    hint: 'a clock or year is wrong; compare order_timestamp with the source',
  },
};

/** Builds a warning; pass `hint` only to say more than the code's usual hint. */
export function warningOf(
  code: WarningCode,
  count: number,
  example: string,
  hint = SAYINGS[code].hint,
): Warning {
  return { code, count, example, hint };
}

/** Sorts warnings into the order of contract §2.3. */
export function inOrder(warnings: readonly Warning[]): Warning[] {
  return warnings.toSorted((a, b) => WARNING_CODES.indexOf(a.code) - WARNING_CODES.indexOf(b.code));
}

/**
 * A warning on one line for people, without a line end: number, meaning, code, example, hint. Not
 * escaped: callers escape it for a terminal.
 */
export function warningText({ code, count, example, hint }: Warning): string {
  const saying = SAYINGS[code];
  const meaning = count === 1 ? saying.one : saying.many;
  const grouped = String(count).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${grouped} ${meaning} (${code}), such as ${example}: ${hint}`;
}

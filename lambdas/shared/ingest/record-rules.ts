import type { Config } from '../model/config.ts';
import type { EventPaths } from './mapping/mapped-events.ts';
import type { MappedValues } from './mapping/mapped-values.ts';
import { type MissingRule, USUAL_MISSING } from './present-value.ts';
import { StatusParser } from './status-parser.ts';

/** The one currency that is added up, and where a record names its own. */
export interface ExpectedCurrency {
  /** Index in `starts` and `ends` of a batch. */
  readonly slot: number;
  /** Of `currencyBytes`. */
  readonly expected: Uint8Array;
}

/** How the values of records are to be read (contract §1.3, §2). */
export interface RecordRules {
  readonly statuses: StatusParser;
  /** What `price` is the amount of: one piece, or the whole line. */
  readonly pricePer: 'piece' | 'line';
  /** Null: no currency is looked at. */
  readonly currency: ExpectedCurrency | null;
  /** Which values are missing once `mappedValues` has been at them. */
  readonly missing: MissingRule;
  /** Where the values of an event are; null: it has the own form. */
  readonly eventPaths: EventPaths | null;
  /**
   * What turns the values of one file, or of the stream, into the own form, from the first record
   * on; null: they have it.
   */
  mappedValues(): MappedValues | null;
}

/**
 * The rules for Tandem's own form: prices of one piece, no currency. `statuses` are those of the
 * config; throws `RangeError` if a spelling is too long.
 */
export function ownRules(statuses: Config['rules']['statuses']): RecordRules {
  return {
    statuses: new StatusParser(statuses),
    pricePer: 'piece',
    currency: null,
    missing: USUAL_MISSING,
    eventPaths: null,
    mappedValues: () => null,
  };
}

/**
 * A currency as values are compared with it: letters of ASCII in upper case, so that `eur` is `EUR`
 * in the config as in the data.
 */
export function currencyBytes(currency: string): Uint8Array {
  return new TextEncoder().encode(currency.replace(/[a-z]/g, (letter) => letter.toUpperCase()));
}

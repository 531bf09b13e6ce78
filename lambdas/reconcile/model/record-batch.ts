import { CODED_NAMES, type CodedName } from '../../shared/model/order.ts';
import type { Door } from '../../shared/model/tables.ts';
import type { Outcome } from '../../shared/rules/outcome.ts';
import type { SpillBatch } from '../work/spill.ts';

/** Joined values of one customer or one product, in the order of the table's columns. */
export type Joined = readonly (string | number | null)[];

export const SIDES: readonly Door[] = ['batch', 'stream'];
export const BATCH = 0;
export const STREAM = 1;

/** In the order in which a report lists the records of an id. */
export const RECORD_OUTCOMES: readonly Outcome[] = [
  'active',
  'cancelled',
  'duplicate',
  'late',
  'quarantined',
];
export const ACTIVE = RECORD_OUTCOMES.indexOf('active');
export const CANCELLED = RECORD_OUTCOMES.indexOf('cancelled');
export const DUPLICATE = RECORD_OUTCOMES.indexOf('duplicate');
export const LATE = RECORD_OUTCOMES.indexOf('late');
export const QUARANTINED = RECORD_OUTCOMES.indexOf('quarantined');

/** By name of a field in `CODED_FIELDS`: its values. */
type CodedTexts = Readonly<Record<CodedName, readonly string[] | null>>;

/** A value for each field in `CODED_FIELDS`, by its name. */
export function codedOf<T>(of: (name: CodedName, place: number) => T): Record<CodedName, T> {
  return Object.fromEntries(CODED_NAMES.map((name, place) => [name, of(name, place)])) as Record<
    CodedName,
    T
  >;
}

/**
 * Records of row tables as columns of one length. The seven values of a quarantined record are not
 * typed: only its id is known, the numbers are 0 and the texts null.
 */
export interface RecordBatch extends SpillBatch, CodedTexts {
  /** Index in `SIDES`. */
  readonly side: Uint8Array;
  /** Index in `RECORD_OUTCOMES`. */
  readonly outcome: Uint8Array;
  /** 1: the row contradicts itself, e.g. its price is not its total by its quantity. */
  readonly isBroken: Uint8Array;
  readonly orderId: readonly (string | null)[];
  readonly status: readonly string[] | null;
  readonly timeMs: Float64Array;
  readonly quantity: Int32Array;
  readonly priceCents: Float64Array;
  readonly totalCents: Float64Array;
  readonly source: readonly string[];
  /** Position on the batch side; 0 in the stream. */
  readonly offset: Float64Array;
  /** Sequence numbers, on the stream side. */
  readonly sequence: readonly string[] | null;
  /** For active records. */
  readonly customer: readonly Joined[] | null;
  readonly product: readonly Joined[] | null;
  /** For quarantined records. */
  readonly issues: readonly string[] | null;
}

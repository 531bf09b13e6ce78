import type { Random } from '../../lib/embedded/generate/random.ts';

/** What can go wrong, with the largest rate that a seed may draw for it. */
const LARGEST_RATES = {
  /** A record batch comes again although it was processed. */
  redelivery: 0.3,
  /** A batch that comes again is cut otherwise. */
  recut: 1,
  /** The mapping passes over records without delivering them. */
  pass_over: 0.2,
  /** The mapping gives a failed batch up, and a message says so. */
  give_up: 0.6,
  /** A process stops before or after an operation. */
  crash: 0.02,
  /** A process stops for minutes or hours and goes on then. */
  zombie: 0.006,
  /** Two mappings deliver one shard. */
  two_consumers: 0.6,
  /** Publishers start while others run. */
  two_publishers: 0.8,
  /** A drain runs beside everything else. */
  drain_beside: 0.3,
  /** State or stream refuse a call. */
  throttle: 0.05,
  /** A transaction has no answer; it happened or not. */
  lost_answer: 0.1,
  /** Reads of the stream are empty, or short, though more is there. */
  behind_read: 0.4,
  /** Answers take their time. */
  slow_answer: 0.3,
  /** Pages of a query do not show a transaction that is under way, or only in part. */
  partial_page: 0.3,
  reshard: 1,
  /** A part of the keys has no orders for a while. */
  idle_shard: 0.6,
  /** A mapping does not deliver for a while. */
  stalled_mapping: 0.15,
  /** The clock of a process jumps. */
  clock_jump: 0.02,
  /** Event times far in the future or the past. */
  wrong_clock: 0.1,
  /** Many orders of long ago at once. */
  late_burst: 0.2,
  /** An order comes again, soon or after its claim has expired. */
  duplicate: 0.4,
  /** Records leave the stream before they are read. */
  trim: 0.4,
  /** Publishers of another version of the code. */
  other_version: 0.5,
  /** Entries are cut small. */
  small_cut: 1,
  /** An epoch takes few entries of a shard. */
  small_epoch: 1,
  /** Dimension objects are overwritten. */
  dimension_change: 0.5,
  /** The lake fails before or after an operation. */
  lake_error: 0.02,
  /** Given-up batches are redriven while everything goes on. */
  redrive: 0.4,
  /** Old objects are removed early. */
  early_cleaning: 0.5,
  /** Calls of one kind, which the seed picks, are where processes stop, hang or wait. */
  hot_spot: 0.5,
  /** Records come under another key than their order's. */
  other_key: 0.2,
  /** An epoch's shards are written by processes of their own, all at once. */
  shard_processes: 1,
  /** For a while hardly any call of the state is answered well. */
  outage: 0.002,
  /** Files lie where a planned epoch wants to write its own. */
  left_over: 0.3,
  /** A dimension file is left that cannot be read. */
  bad_dimension: 0.6,
} as const;

export type FaultName = keyof typeof LARGEST_RATES;

export const FAULT_NAMES = Object.keys(LARGEST_RATES) as readonly FaultName[];

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(LARGEST_RATES, name);
}

/** A fault is on in so many seeds: all at once would hide what few of them do together. */
const SHARE_ON = 0.45;

/**
 * The faults of one seed: a random subset, each with a rate of its own. `only` switches all others
 * off and leaves the rates of these as the seed draws them.
 */
export class Faults {
  readonly #random: Random;
  readonly #rates = new Map<FaultName, number>();
  #isStopped = false;

  constructor(
    plan: Random,
    draws: Random,
    choice: { readonly only: readonly FaultName[] | null; readonly always: readonly FaultName[] },
  ) {
    this.#random = draws;
    for (const name of FAULT_NAMES) {
      const isDrawn = plan.chance(SHARE_ON);
      const rate = LARGEST_RATES[name] * (0.1 + 0.9 * (plan.below(1_000) / 1_000) ** 2);
      const isOn = choice.only === null ? isDrawn : choice.only.includes(name);
      if (isOn) this.#rates.set(name, rate);
      if (choice.always.includes(name)) this.#rates.set(name, LARGEST_RATES[name]);
    }
  }

  /** Those that this seed has. */
  get names(): readonly FaultName[] {
    return [...this.#rates.keys()];
  }

  has(name: FaultName): boolean {
    return this.#rates.has(name);
  }

  /** Whether the fault happens now. */
  strikes(name: FaultName): boolean {
    const rate = this.#rates.get(name);
    if (rate === undefined) return false;
    return this.#random.chance(rate) && !this.#isStopped;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** From now on nothing goes wrong. */
  stop(): void {
    this.#isStopped = true;
  }

  get random(): Random {
    return this.#random;
  }
}

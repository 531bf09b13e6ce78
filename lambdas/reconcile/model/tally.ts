import {
  CLASS_NAMES,
  type ClassName,
  type DifferenceRow,
  type DifferentCell,
  type DifferentRecord,
  isSameDifference,
} from './difference.ts';

/** Order ids of a class and what they explain; of `window_not_final`, cells and nothing. */
export interface ClassTotal {
  count: number;
  /** Batch revenue − stream revenue of these ids. */
  cents: bigint;
}

export type ClassTotals = Readonly<Record<ClassName, ClassTotal>>;

/** Totals to add to: no differences of any class. */
export function zeroTotals(): ClassTotals {
  const zero = (): ClassTotal => ({ count: 0, cents: 0n });
  return Object.fromEntries(CLASS_NAMES.map((name) => [name, zero()])) as ClassTotals;
}

/** One difference as it is shown: an order id with its records, or a cell. */
export type Difference =
  | {
      readonly class: ClassName;
      readonly orderId: string;
      readonly differs: string | null;
      readonly records: readonly DifferentRecord[];
    }
  | { readonly class: ClassName; readonly orderId: null; readonly cell: DifferentCell };

/** Keeps the first differences of each class, from rows in order. */
export class FirstDifferences {
  readonly differences: Difference[] = [];
  readonly #perClass: number;
  readonly #taken = new Map<number, number>();
  #last: DifferenceRow | null = null;
  #records: DifferentRecord[] | null = null;

  constructor(perClass: number) {
    this.#perClass = perClass;
  }

  /** Takes the next row; rows must come in order. */
  add(row: DifferenceRow): void {
    const isNew = this.#last === null || !isSameDifference(this.#last, row);
    this.#last = row;
    if (!isNew) {
      if (row.record !== null) this.#records?.push(row.record);
      return;
    }
    this.#records = null;
    const taken = this.#taken.get(row.classIndex) ?? 0;
    if (taken >= this.#perClass) return;
    this.#taken.set(row.classIndex, taken + 1);
    const name = CLASS_NAMES[row.classIndex];
    if (row.cell !== null) {
      this.differences.push({ class: name, orderId: null, cell: row.cell });
      return;
    }
    this.#records = [row.record];
    const { orderId, differs } = row;
    this.differences.push({ class: name, orderId, differs, records: this.#records });
  }
}

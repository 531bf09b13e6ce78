import type { StateOperation, StateValue } from '../../../shared/ports/state-store.ts';
import { compareSequenceNumbers } from '../../../shared/state/sequence-order.ts';
import type { StreamContext } from '../../../shared/state/stream-context.ts';

/** Sequence numbers of one shard, both ends included. */
export interface NumberRange {
  readonly first: string;
  readonly last: string;
}

/** What was redriven from a shard (stream protocol §1). */
export interface Redriven {
  /** 0: the item does not exist. */
  readonly version: number;
  /** In order and disjoint. Every record of the shard in them is in a log. */
  readonly ranges: readonly NumberRange[];
}

/**
 * The ranges of a shard that were redriven, with the version for a conditional update; none if
 * nothing is stored.
 */
export async function readRedriven(
  { state, keys }: StreamContext,
  shardId: string,
): Promise<Redriven> {
  const item = await state.get(keys.redriven(shardId));
  if (item === null) return { version: 0, ranges: [] };
  return item.attributes as unknown as Redriven;
}

/** Adds a range to the item, on condition that no other redrive of the shard came first. */
export function addRange(
  { keys }: StreamContext,
  shardId: string,
  before: Redriven,
  range: NumberRange,
): { readonly operation: StateOperation; readonly after: Redriven } {
  const after = { version: before.version + 1, ranges: united([...before.ranges, range]) };
  const set = { version: after.version, ranges: after.ranges as unknown as StateValue };
  const key = keys.redriven(shardId);
  const operation: StateOperation =
    before.version === 0
      ? { kind: 'put', key, attributes: set, ifAbsent: true }
      : { kind: 'update', key, set, tests: [{ attribute: 'version', equals: before.version }] };
  return { operation, after };
}

function united(ranges: readonly NumberRange[]): NumberRange[] {
  const inOrder = [...ranges].sort((a, b) => compareSequenceNumbers(a.first, b.first));
  const apart: NumberRange[] = [];
  for (const range of inOrder) {
    const before = apart.at(-1);
    if (before === undefined || compareSequenceNumbers(range.first, before.last) > 0) {
      apart.push(range);
    } else if (compareSequenceNumbers(range.last, before.last) > 0) {
      apart[apart.length - 1] = { first: before.first, last: range.last };
    }
  }
  return apart;
}

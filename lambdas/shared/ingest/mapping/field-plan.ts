import { columnPlaces, columnsOf } from '../../model/column-places.ts';
import type { FieldMappings } from '../../model/config-fields.ts';
import type { InputMapping } from '../../model/config-input.ts';
import { assert } from '../../model/errors.ts';
import { FIELD_COUNT, ORDER_FIELDS } from '../../model/order.ts';
import { EXTRA_FIELDS } from '../span-batch.ts';

/**
 * Where the values of a mapping come from. A slot is a row of spans: the first are those of the
 * seven fields, the further ones hold columns that no field takes alone. `names[s]` is the column,
 * or the key of an event, whose values a scanner writes into slot s; null: it writes none.
 */
export interface FieldPlan {
  readonly names: readonly (string | null)[];
  /** The slots of each field's values, in the order in which they are joined; none: a constant. */
  readonly sources: readonly (readonly number[])[];
  /** A slot that is filled with the spans of another one before values are written. */
  readonly copies: readonly { readonly from: number; readonly to: number }[];
  readonly fillDown: { readonly by: number; readonly slots: readonly number[] } | null;
  /** Where the currency is written, and of which columns; null: none is looked at. */
  readonly currency: { readonly slot: number; readonly sources: readonly number[] } | null;
}

/**
 * Finds a slot for each column that a mapping reads: a field takes its first column itself, unless
 * a field before it has taken that one. The config refuses more columns than there is room for.
 */
export function planFields({ fields, fillDown }: InputMapping): FieldPlan {
  const { direct, further } = columnPlaces(ORDER_FIELDS, fields, fillDown);
  const slots = new SlotList([...direct, ...further]);
  const sources = ORDER_FIELDS.map((name, field) =>
    columnsOf(name, fields).map((column, index) =>
      slots.slotFor(column, { field, isFirst: index === 0 }),
    ),
  );
  return {
    currency: currencyOf(fields, slots),
    fillDown:
      fillDown === null
        ? null
        : {
            by: slots.slotOf(fillDown.by),
            slots: fillDown.fields.map((column) => slots.slotOf(column)),
          },
    sources,
    copies: slots.copies,
    names: slots.names,
  };
}

/** It is written last, over its first column: no field reads that any more. */
function currencyOf(fields: FieldMappings, slots: SlotList): FieldPlan['currency'] {
  if (fields.currency === undefined) return null;
  const sources = columnsOf('currency', fields).map((column) => slots.slotBeside(column));
  return { slot: sources[0] ?? slots.add(null), sources };
}

class SlotList {
  readonly names: (string | null)[];
  readonly copies: { from: number; to: number }[] = [];

  /** `names`: the columns of the slots, those of the fields first. */
  constructor(names: (string | null)[]) {
    this.names = names;
  }

  /** The slot from which a field reads one of its columns: no other field writes there. */
  slotFor(column: string, { field, isFirst }: { field: number; isFirst: boolean }): number {
    return isFirst && this.slotOf(column) === field ? field : this.slotBeside(column);
  }

  /** The slot from which others than fields read a column: no field writes there. */
  slotBeside(column: string): number {
    const slot = this.slotOf(column);
    if (slot >= FIELD_COUNT) return slot;
    const known = this.copies.find(({ from }) => from === slot);
    if (known !== undefined) return known.to;
    const to = this.add(null);
    this.copies.push({ from: slot, to });
    return to;
  }

  /** The slot that a scanner fills with a column. */
  slotOf(column: string): number {
    const slot = this.names.indexOf(column);
    return slot >= 0 ? slot : this.add(column);
  }

  /** A further slot, for a column or for what is written. */
  add(column: string | null): number {
    assert(this.names.length < FIELD_COUNT + EXTRA_FIELDS, 'the columns of a mapping have room');
    return this.names.push(column) - 1;
  }
}

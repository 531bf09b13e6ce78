import type { IssueCode } from '../../../lambdas/shared/model/issue.ts';
import { suggestFieldCount } from './suggest-fields.ts';
import { suggestNumber } from './suggest-number.ts';
import { suggestStatus } from './suggest-status.ts';
import { suggestTime } from './suggest-time.ts';
import {
  advice,
  columnLike,
  ofEntry,
  ofField,
  type Suggestion,
  type SuggestionContext,
  sourceOf,
} from './suggestion.ts';

const LINE_COLUMN = /^(?:line|pos|item|row|zeile|ligne|lfd)/i;
/** Not the line itself, but what stands on it. */
const LINE_CONTENT =
  /(?:name|sku|price|qty|quantity|total|amount|id$|text|desc|status|tax|discount|weight|type)/i;

/** Codes whose records have to be mended where they come from, and how. */
const ADVICE: Readonly<Partial<Record<IssueCode, string>>> = {
  record_too_long: 'more than 1 MiB: look for a quote that is never closed, or a missing line end',
  kpl_aggregated: 'records of the Kinesis Producer Library: switch aggregation off',
  invalid_json: 'write one JSON object per line, with texts or numbers as values',
  quantity_not_positive:
    'an order has at least one piece; returns are no orders: leave them out, or give them the ' +
    'status cancelled and their positive quantity',
  quantity_too_large: 'more than 100,000 pieces: is this column the right one?',
  price_negative: 'a discount or refund is no order: leave it out of the export',
  price_too_large: 'more than 99,999,999.99: is the price in cents, or this column the wrong one?',
  total_too_large: 'quantity times price is above 1,000,000,000.00: is the price in cents?',
  order_id_too_long: 'more than 128 bytes: is this column the right one?',
  customer_id_too_long: 'more than 128 bytes: is this column the right one?',
  product_id_too_long: 'more than 128 bytes: is this column the right one?',
  quantity_missing: 'each record needs a quantity; a line without one may be a fee or a total',
  price_missing: 'each record needs a price; a line without one may be part of a set, or a total',
  product_id_missing: 'each record needs a product; a line without one may be a fee or a total',
};

/**
 * What would help with an issue: the keys of a mapping (contract §1.3) where one does, else what to
 * mend. `values` are those of up to 1,000 records with the issue: of the field that the code names,
 * or whole records for codes that name none. Null: nothing is known that helps. Pure.
 */
export function suggestionFor(
  code: IssueCode,
  values: readonly string[],
  context: SuggestionContext,
): Suggestion | null {
  // Codes to come are texts that this version does not know.
  const name: string = code;
  switch (name) {
    case 'price_not_decimal':
      return suggestNumber('price', values, context);
    case 'quantity_not_integer':
      return suggestNumber('quantity', values, context);
    case 'price_too_precise':
      return tooPrecise(values, context);
    case 'order_timestamp_invalid':
      return suggestTime(values, context);
    case 'status_unknown':
      return suggestStatus(values, context);
    case 'wrong_field_count':
      return suggestFieldCount(values, context);
    case 'invalid_utf8':
      return ofEntry('text in another encoding than UTF-8, most often this one', {
        encoding: 'windows-1252',
      });
    case 'customer_id_missing':
      return missing('customer_id', 'guest', 'orders of guests', context);
    case 'status_missing':
      return missing('status', 'completed', 'if orders without a status are completed', context);
    case 'order_id_missing':
    case 'order_timestamp_missing':
      return onceForSeveral(code.replace('_missing', ''), context);
    case 'currency_unexpected':
      return advice(
        'Tandem adds up one currency: give each currency a landing and lake of its own',
      );
    default:
      return ADVICE[code] === undefined ? null : advice(ADVICE[code]);
  }
}

/** Whether the hint of the warning `duplicates_differ` says that they are lines of one order. */
export function areLinesOfOrders(hint: string): boolean {
  return hint.includes('like lines of one order');
}

/** For duplicates that are lines of one order: order and line as key. */
export function suggestLineKey(context: SuggestionContext): Suggestion {
  const order = sourceOf('order_id', context);
  const line = context.columns.find((name) => LINE_COLUMN.test(name) && !LINE_CONTENT.test(name));
  const product = sourceOf('product_id', context);
  const isThere = line !== undefined;
  const text = isThere
    ? 'a line per item: its key is order and line, and total_orders then counts lines'
    : 'a line per item, and no column with the number of the line: order and product as key, if ' +
      'no order names a product twice';
  const from = [order, isThere ? line : product].flat();
  return ofEntry(text, { fields: { order_id: { from, join: '-' } } });
}

/** What would help with a rejected file; `path` is what a command has to name. */
export function suggestionForRejected(reason: string, path: string): Suggestion | null {
  const [code, rest = ''] = reason.split(': ', 2);
  switch (code) {
    case 'column_missing':
      return advice(
        `map its columns: npx tandem init --from ${shellWord(path)} writes the entry of input`,
      );
    case 'column_repeated':
      return advice('two columns have the name of one field: name the right one with from');
    case 'format_unsupported':
      return advice(/xls/.test(rest) ? 'save it as CSV' : 'unpack it, or export it as CSV');
    case 'encoding_invalid':
      return advice(
        'the file ends within a character, or is in another encoding: name it (encoding)',
      );
    case 'gzip_invalid':
      return advice('the file is damaged, or was cut: compare it with its source');
    case 'empty':
      return advice('the file is empty: leave it out, or export it again');
    default:
      return null;
  }
}

/** A path as a shell takes it for one word. */
function shellWord(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

function tooPrecise(values: readonly string[], context: SuggestionContext): Suggestion {
  // 1.234 is a thousand in Europe.
  if (values.every((value) => /^\s*\d{1,3}(?:\.\d{3})+\s*$/.test(value))) {
    const grouped = suggestNumber('price', values, context);
    if (grouped !== null) return grouped;
  }
  const total = context.columns.find((name) => /total|amount|sum|betrag|gesamt/i.test(name));
  const text = 'prices of one piece with more than cents: take the amount of the line instead';
  if (total === undefined) return advice(`${text} (per: line), or round in the export`);
  return ofEntry(text, { fields: { price: { from: total, per: 'line' } } });
}

function missing(
  field: 'customer_id' | 'status',
  stand: string,
  text: string,
  context: SuggestionContext,
): Suggestion {
  const isOnce = `; where it is written once for several lines: ${fillDownText(field, context)}`;
  return ofField(`${text}${isOnce}`, field, { default: stand }, context);
}

function onceForSeveral(field: string, context: SuggestionContext): Suggestion {
  if (field === 'order_id') {
    return advice('each record needs an order id; a line without one may be a note or a total');
  }
  const column = columnLike(field, context.columns) ?? sourceOf(field, context);
  const text = 'if it is written once for several lines of an order';
  const by = sourceOf('order_id', context);
  return ofEntry(text, { fillDown: { by, fields: [column].flat() } });
}

function fillDownText(field: string, context: SuggestionContext): string {
  return `fillDown by ${[sourceOf('order_id', context)].flat().join(', ')}, fields ${[
    sourceOf(field, context),
  ]
    .flat()
    .join(', ')}`;
}

import { isDeepStrictEqual } from 'node:util';
import type { InputForm } from '../../../lambdas/shared/ingest/mapping/input-form.ts';
import { DEFAULT_FIELD } from '../../../lambdas/shared/model/config-fields.ts';
import { UsageError } from '../../../lambdas/shared/model/errors.ts';
import { ORDER_FIELDS, type OrderField } from '../../../lambdas/shared/model/order.ts';

/** What is missing without `missingValues` (contract §2). */
const USUAL_WORDS = ['', 'null', 'NULL', 'NaN', 'None', '\\N'];

/** Options of a field that change values which `produce` sends in Tandem's own form. */
const OPTIONS = ['format', 'timeZone', 'decimalChar', 'groupChar', 'bareNumber', 'values'] as const;

/**
 * Checks that the stream reads the events of a file as batch reads the file: events have Tandem's
 * own keys and values, and `currency` where the file's mapping looks at it; no value is missing in
 * events that is none in the file. Throws `UsageError`
 * (`config_invalid`) that names the key of `match: events` to add or to change.
 */
export function assertProducible(name: string, file: InputForm, events: InputForm): void {
  const { rules } = events;
  const isLine = file.rules.pricePer === 'line';
  if (isLine !== (rules.pricePer === 'line')) {
    fail(name, `fields: {price: {per: ${file.rules.pricePer}}}`);
  }
  const [expected, wanted] = [expectedOf(file), expectedOf(events)];
  if (expected !== wanted) {
    const currency = expected === null ? 'no currency' : `currency: {expect: ${expected}}`;
    fail(name, `fields: {${currency}}`);
  }
  ORDER_FIELDS.forEach((field, slot) => {
    const path = rules.eventPaths?.[slot] ?? [field];
    if (path.length !== 1 || path[0] !== field) fail(name, `${field} from the key ${field}`);
    assertOwnValues(name, field, { file, events });
  });
  const missing = missingIn(file);
  const other = missingIn(events).filter((word) => word !== '' && !missing.includes(word));
  if (other.length > 0) fail(name, `missingValues: ${JSON.stringify(missing)}`);
}

/** A default is harmless where the file has it: then its events have the value. */
function assertOwnValues(
  name: string,
  field: OrderField,
  { file, events }: { readonly file: InputForm; readonly events: InputForm },
): void {
  const given = events.mapping?.fields[field] ?? DEFAULT_FIELD;
  const option = OPTIONS.find((key) => !isDeepStrictEqual(given[key], DEFAULT_FIELD[key]));
  if (option !== undefined) fail(name, `${field} without ${option}`);
  const isSame = given.default === null || given.default === file.mapping?.fields[field]?.default;
  if (!isSame) fail(name, `${field} without default`);
}

function missingIn({ mapping }: InputForm): readonly string[] {
  return mapping?.missingValues ?? USUAL_WORDS;
}

function expectedOf({ rules: { currency } }: InputForm): string | null {
  return currency === null ? null : Buffer.from(currency.expected).toString();
}

function fail(name: string, wanted: string): never {
  throw new UsageError(
    'config_invalid',
    `${name} cannot be produced: the stream would read its events in another way; give the entry ` +
      `of input with match: events ${wanted}`,
  );
}

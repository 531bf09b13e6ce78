import type { InputForm } from '../../../lambdas/shared/ingest/mapping/input-form.ts';
import { UsageError } from '../../../lambdas/shared/model/errors.ts';
import { ORDER_FIELDS } from '../../../lambdas/shared/model/order.ts';

/**
 * Checks that the stream reads the events of a file as batch reads the file: events have Tandem's
 * own keys, and `currency` where the file's mapping looks at it. Throws `UsageError`
 * (`config_invalid`) that names the key of `match: events` to add or to change.
 */
export function assertProducible(name: string, file: InputForm, events: InputForm): void {
  const { rules } = events;
  const isLine = file.rules.pricePer === 'line';
  if (isLine !== (rules.pricePer === 'line')) {
    fail(name, `fields: {price: {per: ${file.rules.pricePer}}}`);
  }
  const [expected, other] = [expectedOf(file), expectedOf(events)];
  if (expected !== other) {
    const currency = expected === null ? 'no currency' : `currency: {expect: ${expected}}`;
    fail(name, `fields: {${currency}}`);
  }
  ORDER_FIELDS.forEach((field, slot) => {
    const path = rules.eventPaths?.[slot] ?? [field];
    if (path.length !== 1 || path[0] !== field) fail(name, `${field} from the key ${field}`);
  });
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

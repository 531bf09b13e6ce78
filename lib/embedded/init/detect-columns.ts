import { ORDER_FIELDS } from '../../../lambdas/shared/model/order.ts';
import { plainName, type Role, rolesByName } from './column-names.ts';
import { NumberForms } from './detect-number.ts';
import { StatusCounts } from './detect-status.ts';
import { TIME_OF_DAY, TimeForms } from './detect-time.ts';
import { isMissingText } from './missing-text.ts';

/** How a column was found: by its name, or only by what stands in it. */
export type FoundBy = 'name' | 'content';

export interface FoundColumn {
  readonly index: number;
  readonly by: FoundBy;
}

export type Columns = ReadonlyMap<Role, FoundColumn>;

/** What the values of a column are, as shares from 0 to 1 of those that are not missing. */
interface Content {
  readonly values: number;
  readonly times: number;
  readonly numbers: number;
  readonly isWhole: boolean;
  readonly statuses: number;
  readonly emails: number;
  readonly timesOfDay: number;
  readonly distinct: number;
}

const MOST = 0.6;
const NEARLY_ALL = 0.9;
const LOOKED_AT = 3_000;
/** More different values are no statuses. */
const MAX_STATUSES = 50;

/**
 * Finds the column of each field of an order, first by names, then by values. A column whose name
 * fits but whose values do not is none. `hasHeader`: the names mean something.
 */
export function findColumns(
  columns: readonly string[],
  records: readonly (readonly string[])[],
  hasHeader: boolean,
): Columns {
  const looked = records.slice(0, LOOKED_AT);
  const contents = columns.map((_, index) => contentOf(looked, index));
  const found = new Map<Role, FoundColumn>();
  if (hasHeader) {
    for (const [role, index] of rolesByName(columns)) {
      if (fits(role, contents[index])) found.set(role, { index, by: 'name' });
    }
    if (!found.has('price')) takeAnotherPrice(columns, contents, found);
  } else if (isOwnOrder(contents)) {
    for (const [index, field] of ORDER_FIELDS.entries()) found.set(field, { index, by: 'content' });
    return found;
  }
  byContent(contents, found, hasHeader);
  return found;
}

/** `amount`, `net price`: a name that only holds a known word. */
function takeAnotherPrice(
  columns: readonly string[],
  contents: readonly Content[],
  found: Map<Role, FoundColumn>,
): void {
  if (found.has('line_total')) return;
  const used = usedOf(found);
  const index = columns.findIndex(
    (name, at) =>
      /price|preis|prix/.test(plainName(name)) && !used.has(at) && fits('price', contents[at]),
  );
  if (index >= 0) found.set('price', { index, by: 'name' });
}

function usedOf(found: ReadonlyMap<Role, FoundColumn>): Set<number> {
  return new Set([...found.values()].map(({ index }) => index));
}

function byContent(
  contents: readonly Content[],
  found: Map<Role, FoundColumn>,
  hasHeader: boolean,
): void {
  const take = (role: Role, isIt: (content: Content, index: number) => boolean) => {
    if (found.has(role)) return;
    const used = usedOf(found);
    const index = contents.findIndex(
      (content, at) => !used.has(at) && content.values > 0 && isIt(content, at),
    );
    if (index >= 0) found.set(role, { index, by: 'content' });
  };
  take('order_timestamp', ({ times }) => times >= NEARLY_ALL);
  take('status', ({ statuses, distinct }) => statuses >= MOST && distinct <= MAX_STATUSES);
  if (!found.has('customer_id')) take('customer_id', ({ emails }) => emails >= NEARLY_ALL);
  if (hasHeader) return;
  take('order_id', () => true);
  take('price', ({ numbers, isWhole }) => numbers >= NEARLY_ALL && !isWhole);
  take('quantity', ({ numbers, isWhole }) => numbers >= NEARLY_ALL && isWhole);
  // Of two texts left, customers are usually named before products.
  take('customer_id', () => true);
  take('product_id', () => true);
}

/** Seven columns in Tandem's own order, without names. */
function isOwnOrder(contents: readonly Content[]): boolean {
  if (contents.length !== ORDER_FIELDS.length) return false;
  return ORDER_FIELDS.every((field, index) => {
    const { distinct, statuses } = contents[index];
    return field === 'status'
      ? distinct <= MAX_STATUSES && statuses > 0
      : fits(field, contents[index]);
  });
}

function fits(role: Role, content: Content): boolean {
  if (content.values === 0) return true;
  switch (role) {
    case 'order_timestamp':
      return content.times >= MOST;
    case 'quantity':
    case 'price':
    case 'line_total':
      return content.numbers >= MOST;
    case 'time_of_day':
      return content.timesOfDay >= MOST;
    case 'status':
      return content.distinct <= MAX_STATUSES && content.numbers < NEARLY_ALL;
    case 'currency':
    case 'line_number':
    case 'order_id':
    case 'customer_id':
    case 'product_id':
      return content.times < NEARLY_ALL || content.numbers >= NEARLY_ALL;
  }
}

function contentOf(records: readonly (readonly string[])[], index: number): Content {
  const times = new TimeForms();
  const numbers = new NumberForms();
  const statuses = new StatusCounts();
  const distinct = new Set<string>();
  let [values, emails, timesOfDay] = [0, 0, 0];
  for (const record of records) {
    const value = record[index]?.trim() ?? '';
    if (isMissingText(value)) continue;
    values++;
    times.add(value);
    numbers.add(value);
    statuses.add(value);
    distinct.add(value);
    if (/^[^@\s]+@[^@\s]+$/.test(value)) emails++;
    if (TIME_OF_DAY.test(value)) timesOfDay++;
  }
  const share = (count: number) => (values === 0 ? 0 : count / values);
  const number = numbers.result();
  const known = statuses.result().filter(({ status }) => status !== null);
  return {
    values,
    times: share(values - Math.min(times.result('dmy').unread, times.result('mdy').unread)),
    numbers: share(values - number.unread),
    isWhole: number.isWhole,
    statuses: share(known.reduce((sum, { count }) => sum + count, 0)),
    emails: share(emails),
    timesOfDay: share(timesOfDay),
    distinct: distinct.size,
  };
}

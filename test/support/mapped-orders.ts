import type { PresetField, PresetMapping } from '../../lambdas/shared/model/presets.ts';
import type { ExpectedCounts, PresetFile } from './preset-fixtures.ts';

/**
 * A second reading of contract §1.3 and §2, as short as it can be, for files that a test can hold
 * in memory. It shares no code with the readers of Tandem.
 */

const OWN_MISSING = ['', 'null', 'NULL', 'NaN', 'None', '\\N'];

const OWN_STATUSES: Readonly<Record<string, string>> = {
  complete: 'completed',
  completed: 'completed',
  done: 'completed',
  cancelled: 'cancelled',
  canceled: 'cancelled',
  cancel: 'cancelled',
  pending: 'pending',
  processing: 'processing',
  in_progress: 'processing',
  'in progress': 'processing',
};

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/** What each directive stands for, with the name of its group. */
const DIRECTIVES: Readonly<Record<string, string>> = {
  '%Y': '(?<year>\\d{4})',
  '%y': '(?<short>\\d\\d)',
  '%m': '(?<month>\\d\\d?)',
  '%b': `(?<name>${MONTHS.join('|')})`,
  '%d': '(?<day>\\d\\d?)',
  '%H': '(?<hour>\\d\\d?)',
  '%I': '(?<hour>\\d\\d?)',
  '%M': '(?<minute>\\d\\d)',
  '%S': '(?<second>\\d\\d)',
  '%p': '(?<half>[ap]m)',
};

const OWN_TIME =
  /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(:\d\d)?(?:\.\d{1,9})? ?(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/;

interface Order {
  readonly id: string | undefined;
  readonly status: string | undefined;
  readonly issues: readonly string[];
  readonly cents: number;
  readonly day: string;
}

/** What a run over these files gives. The first record of an id counts, files in their order. */
export function countMapped(files: readonly PresetFile[], mapping: PresetMapping): ExpectedCounts {
  const orders = files.flatMap((file) => readFile(file, mapping));
  const good = orders.filter((order) => order.issues.length === 0);
  const seen = new Set<string | undefined>();
  const first = good.filter(({ id }) => !seen.has(id) && seen.add(id));
  const active = first.filter((order) => order.status !== 'cancelled');
  const cents = active.reduce((sum, order) => sum + order.cents, 0);
  return {
    read: orders.length,
    active: active.length,
    cancelled: first.length - active.length,
    duplicate: good.length - first.length,
    quarantined: orders.length - good.length,
    issues: tally(orders.flatMap((order) => order.issues)),
    revenue: `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`,
    days: tally(active.map((order) => order.day)),
  };
}

function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

function readFile(file: PresetFile, mapping: PresetMapping): Order[] {
  const missing = mapping.missingValues ?? OWN_MISSING;
  const { fillDown } = mapping;
  let before: Record<string, string> = {};
  return file.rows.map((row) => {
    if (row.length !== file.columns.length) {
      return { id: '', status: '', issues: ['wrong_field_count'], cents: 0, day: '' };
    }
    const values = Object.fromEntries(row.map((value, i) => [file.columns[i], value.trim()]));
    if (fillDown !== undefined && values[fillDown.by] === before[fillDown.by]) {
      for (const column of fillDown.fields) {
        if (missing.includes(values[column])) values[column] = before[column];
      }
    }
    before = values;
    return readOrder(values, mapping, missing);
  });
}

function readOrder(
  values: Readonly<Record<string, string>>,
  { fields = {} }: PresetMapping,
  missing: readonly string[],
): Order {
  const pick = (name: string, field: PresetField = { from: name }): string | undefined => {
    const found = [field.from ?? []].flat().map((column) => values[column]);
    const present = found.filter((value) => !missing.includes(value));
    return present.length > 0 ? present.join(field.join ?? ' ') : field.default;
  };
  const id = pick('order_id', fields.order_id);
  const day = dayOf(pick('order_timestamp', fields.order_timestamp), fields.order_timestamp);
  const quantity = plainNumber(pick('quantity', fields.quantity), fields.quantity);
  const price = plainNumber(pick('price', fields.price), fields.price);
  const spelling = pick('status', fields.status)?.toLowerCase();
  const status = { ...OWN_STATUSES, ...fields.status?.values }[spelling ?? ''];
  const { currency } = fields;
  const isOther =
    currency !== undefined &&
    pick('currency', currency)?.toUpperCase() !== currency.expect?.toUpperCase();

  const cents = Math.round(Number(price) * 100);
  const pieces = fields.price?.per === 'line' ? 1 : Number(quantity);
  const checks: readonly (readonly [string, boolean])[] = [
    ['order_id_missing', id === undefined],
    ['customer_id_missing', pick('customer_id', fields.customer_id) === undefined],
    ['product_id_missing', pick('product_id', fields.product_id) === undefined],
    ['order_timestamp_missing', day === undefined],
    ['order_timestamp_invalid', day === ''],
    ['quantity_missing', quantity === undefined],
    ['quantity_not_integer', quantity !== undefined && !/^[+-]?\d+(\.0*)?$/.test(quantity)],
    ['quantity_not_positive', Number(quantity) <= 0],
    ['price_missing', price === undefined],
    ['price_not_decimal', price !== undefined && !/^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(price)],
    ['price_negative', Number(price) < 0],
    ['price_too_precise', /\.\d\d\d*[1-9]/.test((price ?? '').replace(/(\.\d\d)/, '$10'))],
    ['status_missing', spelling === undefined],
    ['status_unknown', spelling !== undefined && status === undefined],
    ['currency_unexpected', isOther],
  ];
  const issues = checks.filter(([, holds]) => holds).map(([code]) => code);
  return { id, status, issues, cents: cents * pieces, day: day ?? '' };
}

/** The number in plain form, or words where it is no number of the field's form. */
function plainNumber(value: string | undefined, field: PresetField = {}): string | undefined {
  if (value === undefined) return undefined;
  const { decimalChar = '.', groupChar, bareNumber = true } = field;
  const bare = bareNumber ? value : value.replace(/\p{Sc}|[A-Z]{3}|%|\s/gu, '');
  const [whole, ...rest] = bare.split(decimalChar);
  const [start, ...groups] = groupChar === undefined ? [whole] : whole.split(groupChar);
  const isGrouped = groups.length === 0 || /^[+-]?\d{1,3}$/.test(start);
  const isNumber =
    isGrouped &&
    groups.every((group) => /^\d{3}$/.test(group)) &&
    /^[+-]?\d*$/.test(start) &&
    rest.length <= 1;
  return isNumber ? [start + groups.join(''), ...rest].join('.') : 'no number';
}

/** The day in UTC; undefined for a missing value, empty for what is no time. */
function dayOf(value: string | undefined, field: PresetField = {}): string | undefined {
  if (value === undefined) return undefined;
  for (const pattern of field.format ?? ['auto']) {
    const local = pattern === 'auto' ? ownTime(value) : patternTime(value, pattern);
    const time = local?.endsWith('!') ? inZone(local.slice(0, -1), field.timeZone) : local;
    if (time !== undefined && !Number.isNaN(Date.parse(time))) {
      return new Date(Date.parse(time)).toISOString().slice(0, 10);
    }
  }
  return '';
}

/** In ISO form; `!` at the end stands for a zone that the value does not name. */
function ownTime(value: string): string | undefined {
  const [, date, minutes, seconds = ':00', zone = '!'] = OWN_TIME.exec(value) ?? [];
  if (date === undefined) return undefined;
  const offset = zone.replace('UTC', 'Z').replace(/^([+-]\d\d):?(\d\d)?$/, '$1:$2');
  return `${date}T${minutes}${seconds}${offset.replace(/:$/, ':00')}`;
}

function patternTime(value: string, pattern: string): string | undefined {
  const source = pattern.replace(/%?[^\w%]|%\w/g, (part) => DIRECTIVES[part] ?? `\\${part}`);
  const found = new RegExp(`^${source}$`, 'i').exec(value)?.groups;
  if (found === undefined) return undefined;
  const two = (text: string | number = 0): string => String(text).padStart(2, '0');
  const month = found.month ?? MONTHS.indexOf(found.name.toLowerCase()) + 1;
  const half = found.half?.toLowerCase() === 'pm' ? 12 : 0;
  const hour = found.half === undefined ? found.hour : (Number(found.hour) % 12) + half;
  const day = `${found.year ?? `20${found.short}`}-${two(month)}-${two(found.day)}`;
  // A day that does not exist, such as 31 February, is moved on by the parser of the runtime.
  if (Number.isNaN(Date.parse(day)) || !new Date(day).toISOString().startsWith(day)) return;
  return `${day}T${two(hour)}:${two(found.minute)}:${two(found.second)}!`;
}

/** Good for zones whose offset is a whole number of hours, away from the days it changes. */
function inZone(local: string, timeZone = 'UTC'): string {
  const noon = new Date(`${local}Z`);
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const name = parts.formatToParts(noon).find((part) => part.type === 'timeZoneName')?.value;
  return `${local}${name?.replace('GMT', '') || 'Z'}`;
}

import type { OrderField } from '../../../lambdas/shared/model/order.ts';
import { ownName, type Role } from './column-names.ts';
import type { NumberResult } from './detect-number.ts';
import type { SpelledStatus } from './detect-status.ts';
import { type DateOrder, timeOfDayFormat } from './detect-time.ts';
import type { Start } from './look-at-start.ts';
import type { GroupScan } from './scan-group.ts';
import { recordsText, type YamlValue } from './yaml-text.ts';

/** What only a person can know. */
export interface Answers {
  /** Null: values of both orders would do, and nobody said which one it is. */
  readonly dateOrder: DateOrder | null;
  /** IANA; of times that name no zone. Null: nobody said; they are read as UTC. */
  readonly timeZone: string | null;
}

/** How much a finding may be relied on. */
export type Sureness = 'sure' | 'likely' | 'guess';

/** Something that `init` found out, for people and for `--json`. */
export interface Finding {
  readonly what: string;
  readonly value: string;
  readonly sure: Sureness;
  /** A value of the file that shows it. */
  readonly example: string | null;
}

/** One field of an order in the config. */
export interface ProposedField {
  readonly field: OrderField | 'currency';
  /** Empty: the column of its own name does. */
  readonly mapping: Readonly<Record<string, YamlValue>>;
  readonly comment: string | null;
  readonly finding: Finding;
  /** Spellings of statuses that are no part of Tandem's own. */
  readonly statuses?: readonly SpelledStatus[];
  /** No column was found, and no constant could stand in: the config is not complete. */
  readonly isOpen?: true;
  /** Records that would be quarantined for this field. */
  readonly lost: number;
}

/** What stands in for a field that no column has. */
const CONSTANTS: Readonly<Partial<Record<OrderField, string>>> = {
  customer_id: 'guest',
  product_id: 'unknown',
  quantity: '1',
  status: 'completed',
};

interface Made {
  readonly mapping?: Readonly<Record<string, YamlValue>> | undefined;
  readonly comment?: string | null;
  readonly value?: string | undefined;
  readonly sure?: Sureness;
  readonly example?: string | null;
  readonly statuses?: readonly SpelledStatus[];
  readonly lost?: number;
}

/** The fields of orders as the config should have them, in their own order. */
export function proposeFields(start: Start, scan: GroupScan, answers: Answers): ProposedField[] {
  const fields = [
    column(start, 'order_id', orderId(start, scan)),
    column(start, 'customer_id', customer(scan)),
    column(start, 'product_id', { lost: blanks(scan, 'product_id') }),
    column(start, 'order_timestamp', time(start, scan, answers)),
    column(start, 'quantity', number(scan.quantities.result(), blanks(scan, 'quantity'))),
    price(start, scan),
    column(start, 'status', status(scan)),
  ];
  const paid = currency(start, scan);
  return paid === null ? fields : [...fields.slice(0, 6), paid, ...fields.slice(6)];
}

function nameOf({ found, columns }: Start, role: Role): string | null {
  const index = found.get(role)?.index;
  return index === undefined ? null : columns[index];
}

/** The mapping of a field: its column, and what else was made for it. */
function column(start: Start, field: OrderField, made: Made): ProposedField {
  const name = nameOf(start, field);
  if (name === null) return withoutColumn(start, field);
  // An entry that gives a default and no column would be a constant.
  const isOwn = ownName(name) === field && made.mapping === undefined;
  const mapping = isOwn ? {} : { from: name, ...made.mapping };
  const isGuess = start.found.get(field)?.by === 'content';
  const sure = isGuess ? 'guess' : (made.sure ?? 'sure');
  const value = made.value === undefined ? name : `${name}, ${made.value}`;
  const { statuses, example = null } = made;
  return {
    field,
    mapping,
    comment: joined(isGuess ? 'check: found by its values, not by its name' : null, made.comment),
    finding: { what: field, value, sure, example },
    lost: made.lost ?? 0,
    ...(statuses === undefined ? {} : { statuses }),
  };
}

function withoutColumn(start: Start, field: OrderField): ProposedField {
  const constant = CONSTANTS[field];
  const what = { field, lost: 0, mapping: constant === undefined ? {} : { default: constant } };
  if (constant !== undefined) {
    const value = `no column; ${constant} everywhere`;
    const comment = 'check: no column was found, so all records have this';
    return { ...what, comment, finding: { what: field, value, sure: 'guess', example: null } };
  }
  const comment = `no column was found; name one of: ${start.columns.slice(0, 40).join(', ')}`;
  const finding = { what: field, value: 'no column', sure: 'guess', example: null } as const;
  return { ...what, comment, finding, isOpen: true };
}

function joined(a: string | null, b: string | null | undefined): string | null {
  return [a, b].filter((text) => text != null).join('; ') || null;
}

/** Records of the field that would be quarantined because they have no value of it. */
function blanks({ missing }: GroupScan, field: OrderField): number {
  const { count, fillable } = missing.get(field) ?? { count: 0, fillable: 0 };
  return count - fillable;
}

function orderId(start: Start, { orders, key, missing }: GroupScan): Made {
  const lost = missing.get('order_id')?.count ?? 0;
  const limit = orders.isFull ? `; only the first ${orders.distinct} orders were compared` : '';
  const { example } = orders;
  if (orders.repeated === 0) {
    return { comment: limit.slice(2) || null, value: `no order comes twice${limit}`, lost };
  }
  const name = nameOf(start, 'order_id') as string;
  const second = key === 'order' ? null : nameOf(start, key === 'product' ? 'product_id' : key);
  if (second === null) {
    const comment =
      `${recordsText(orders.repeated)} came again: the first one counts` +
      ' (with rules.keep: last the last one)';
    return { comment: comment + limit, value: comment + limit, sure: 'likely', example, lost };
  }
  const comment = `a record is a line: orders come again in ${recordsText(orders.repeated)}`;
  const mapping = { from: [name, second], join: '-' };
  const value = `with ${second}, as orders come again in ${recordsText(orders.repeated)}${limit}`;
  return { mapping, comment: comment + limit, value, sure: 'likely', example, lost };
}

function customer(scan: GroupScan): Made {
  const missing = blanks(scan, 'customer_id');
  if (missing === 0) return {};
  return {
    mapping: { default: 'guest' },
    comment: `check: blank in ${recordsText(missing)}`,
    value: `guest where it is blank (${recordsText(missing)})`,
    sure: 'likely',
  };
}

function time(start: Start, scan: GroupScan, { dateOrder, timeZone }: Answers): Made {
  const result = scan.times.result(dateOrder);
  const clock = result.isDayOnly ? nameOf(start, 'time_of_day') : null;
  const suffix = clock === null ? '' : ` ${timeOfDayFormat(scan.timeOfDay ?? '00:00')}`;
  const formats = result.formats.map((format) => format + suffix);
  const isAuto = formats.length === 1 && formats[0] === 'auto';
  const hasNoZone = result.withoutZone > 0;
  const zone = hasNoZone && (timeZone !== null || !isAuto) ? (timeZone ?? 'UTC') : null;
  const name = nameOf(start, 'order_timestamp');
  const mapping = {
    ...(clock === null || name === null ? {} : { from: [name, clock] }),
    ...(isAuto ? {} : { format: formats.length === 1 ? formats[0] : formats }),
    ...(zone === null ? {} : { timeZone: zone }),
  };
  const noZone = hasNoZone && timeZone === null ? 'check: times name no zone, read as UTC' : null;
  const unread =
    result.unread === 0
      ? null
      : `another form in ${recordsText(result.unread)} (${result.unreadExample})`;
  const form = isAuto ? 'the form of Tandem' : formats.join(' or ');
  return {
    mapping: unlessEmpty(mapping),
    comment: joined(unread, noZone),
    value: joined(form, joined(unread, hasNoZone ? `zone ${zone ?? 'UTC'}` : null)) ?? form,
    sure: result.unread > 0 || noZone !== null ? 'likely' : 'sure',
    example: result.example,
    lost: result.unread + blanks(scan, 'order_timestamp'),
  };
}

function unlessEmpty(mapping: Record<string, YamlValue>): Record<string, YamlValue> | undefined {
  return Object.keys(mapping).length === 0 ? undefined : mapping;
}

function number(result: NumberResult, missing: number): Made {
  const { decimalChar, groupChar, bareNumber, isGuess, unread, example } = result;
  const mapping = {
    ...(decimalChar === '.' ? {} : { decimalChar }),
    ...(groupChar === null ? {} : { groupChar }),
    ...(bareNumber ? {} : { bareNumber }),
  };
  const guess = isGuess ? `check: ${example} may be read in two ways` : null;
  const others =
    unread === 0 ? null : `no number in ${recordsText(unread)} (${result.unreadExample})`;
  return {
    mapping: unlessEmpty(mapping),
    comment: joined(guess, others),
    value: Object.keys(mapping).length === 0 ? undefined : `as ${example}`,
    sure: isGuess ? 'guess' : unread > 0 ? 'likely' : 'sure',
    example,
    lost: unread + missing,
  };
}

/** The price of a piece, or what is paid for the whole line. */
function price(start: Start, scan: GroupScan): ProposedField {
  const made = number(scan.prices.result(), blanks(scan, 'price'));
  const total = nameOf(start, 'line_total');
  if (start.found.has('price') || total === null) return column(start, 'price', made);
  const per = start.found.has('quantity') ? { per: 'line' } : {};
  return {
    field: 'price',
    mapping: { from: total, ...per, ...made.mapping },
    comment: joined('check: taken as the amount of the whole line', made.comment),
    finding: {
      what: 'price',
      value: `${total}, the amount of the whole line`,
      sure: 'likely',
      example: made.example ?? null,
    },
    lost: made.lost ?? 0,
  };
}

/** Null: no column names one. */
function currency(start: Start, scan: GroupScan): ProposedField | null {
  const name = nameOf(start, 'currency');
  const [first, ...others] = scan.currencies.result();
  if (name === null || first === undefined) return null;
  const lost = others.reduce((sum, { count }) => sum + count, 0);
  const expect = first.spelling.toUpperCase();
  const comment = others.length === 0 ? null : `check: another currency in ${recordsText(lost)}`;
  const value = `${name}, ${expect} expected`;
  const sure = others.length === 0 ? 'sure' : 'likely';
  return {
    ...{ field: 'currency', mapping: { from: name, expect }, comment, lost },
    finding: { what: 'currency', value, sure, example: expect },
  };
}

function status(scan: GroupScan): Made {
  const spelled = scan.statuses.result();
  const statuses = spelled.filter(({ isOwn }) => !isOwn);
  const unknown = statuses.filter((one) => one.status === null);
  const unread = unknown.reduce((sum, { count }) => sum + count, scan.statuses.left);
  const list = unknown.slice(0, 5).map(({ spelling }) => spelling);
  return {
    statuses,
    mapping: statuses.length === 0 ? undefined : {},
    value: unread === 0 ? undefined : `unknown in ${recordsText(unread)}: ${list.join(', ')}`,
    sure: unread > 0 ? 'guess' : statuses.length > 0 ? 'likely' : 'sure',
    example: spelled[0]?.spelling ?? null,
    lost: unread + blanks(scan, 'status'),
  };
}

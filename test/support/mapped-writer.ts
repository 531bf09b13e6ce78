import { type Form, ownValues, type SaidOrder, two, ZONES } from './mapped-case.ts';
import { cellOf, csvLine, encoded, jsonFile } from './mapped-text.ts';

/** Writes orders twice: in Tandem's own form, and in another one with the mapping that reads it. */

const RENAMED = {
  id: ['Order Nr', '/order/id'],
  line: ['Line', '/order/line'],
  customer: ['Kunde', '/buyer/0/id'],
  product: ['Artikel', '/lines/0/sku'],
  time: ['Datum', '/at'],
  clock: ['Uhrzeit', '/clock~1time'],
  quantity: ['Menge', '/lines/0/n'],
  price: ['Betrag', '/lines/0/amount'],
  status: ['Stand', '/~0state'],
  currency: ['W. Code', '/money/code'],
} as const;

const OWN = {
  id: 'order_id',
  line: 'line',
  customer: 'customer_id',
  product: 'product_id',
  time: 'order_timestamp',
  clock: 'clock',
  quantity: 'quantity',
  price: 'price',
  status: 'status',
  currency: 'currency',
} as const;

type Column = keyof typeof RENAMED;

const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  completed: ['bezahlt', 'BEZAHLT'],
  Cancelled: ['storniert'],
  pending: ['in arbeit'],
};
const VALUES = { bezahlt: 'completed', storniert: 'cancelled', 'in arbeit': 'pending' };

function nameOf(form: Form, column: Column): string {
  return form.isRenamed ? RENAMED[column][form.isJson ? 1 : 0] : OWN[column];
}

function columnsOf(form: Form): Column[] {
  const { constants, joinsId, currency } = form;
  const has = (column: Column): boolean => {
    if (column === 'line') return joinsId;
    if (column === 'clock') return canJoinTime(form);
    if (column === 'product') return !sharesColumn(form);
    if (column === 'currency') return currency !== null;
    return !(constants as readonly string[]).includes(column);
  };
  return (Object.keys(RENAMED) as Column[]).filter(has);
}

function sharesColumn({ isShared, constants }: Form): boolean {
  return isShared && !constants.includes('customer');
}

function canJoinTime({ joinsTime, time }: Form): boolean {
  return joinsTime && time !== 'auto' && !time.includes('%z');
}

/** The entry of `input` for files of this form. */
export function mappingOf(form: Form, match: string): Record<string, unknown> {
  const { constants, quoting, fillsDown } = form;
  const from = (...columns: Column[]) => columns.map((column) => nameOf(form, column));
  const fields = {
    order_id: form.joinsId ? { from: from('id', 'line'), join: '-' } : { from: from('id') },
    customer_id: defaultsTo(form, 'customer', 'guest'),
    product_id: { from: from(sharesColumn(form) ? 'customer' : 'product') },
    order_timestamp: {
      from: canJoinTime(form) ? from('time', 'clock') : from('time'),
      format: form.time,
      timeZone: form.zone,
    },
    quantity: constants.includes('quantity')
      ? { default: '1', ...form.number }
      : { from: from('quantity'), ...form.number },
    price: {
      from: from('price'),
      ...form.number,
      bareNumber: form.bareNumber,
      per: form.isPerLine ? 'line' : 'piece',
    },
    status: { ...defaultsTo(form, 'status', 'completed'), values: form.hasValues ? VALUES : {} },
    ...currencyOf(form, from('currency')[0]),
  };
  const filled = (['customer', 'status'] as const).filter((field) => !constants.includes(field));
  const csv = {
    encoding: form.encoding,
    dialect: {
      ...quoting,
      delimiter: form.delimiter,
      header: form.header,
      columns: form.header ? null : [...from(...columnsOf(form)), 'Note'],
      skipRows: form.skipRows,
      commentChar: form.commentChar,
      skipInitialSpace: form.skipInitialSpace,
      padRows: form.padRows,
    },
  };
  return {
    match,
    ...(form.isJson ? {} : csv),
    missingValues: form.missingValues,
    fields,
    fillDown: fillsDown ? { by: from('id')[0], fields: from(...filled) } : null,
  };
}

function defaultsTo(form: Form, field: 'customer' | 'status', text: string): object {
  if (form.constants.includes(field)) return { default: text };
  return { from: nameOf(form, field), default: form.defaults.includes(field) ? text : null };
}

function currencyOf(form: Form, from: string): object {
  if (form.currency === null) return {};
  const fallback = form.currency === 'default' ? 'EUR' : null;
  return { currency: { from, expect: 'EUR', default: fallback } };
}

/** The entry for own files: they cannot say what currency is expected. */
export function ownMappingOf(form: Form, match: string): Record<string, unknown>[] {
  if (form.currency === null) return [];
  return [{ match, fields: { currency: { from: 'currency', expect: 'EUR' } } }];
}

/** The orders in Tandem's own form, as CSV, or NDJSON where the mapped file is that. */
export function ownFile(form: Form, orders: readonly SaidOrder[]): string {
  const names = ['order_id', 'customer_id', 'product_id', 'order_timestamp', 'quantity', 'price'];
  names.push('status', ...(form.currency === null ? [] : ['currency']));
  const values = ownValues(form, orders);
  if (form.isJson) {
    const lines = values.map((order, i) =>
      orders[i].kind === 'extra' ? '{}}' : JSON.stringify(order),
    );
    return `${lines.join('\n')}\n`;
  }
  const cell = (text: string | null | undefined) => `"${(text ?? '').replaceAll('"', '""')}"`;
  const lines = values.map((order, i) => {
    const cells = names.map((name) => cell(order[name]));
    return [...cells, ...(orders[i].kind === 'extra' ? ['more'] : [])].join(',');
  });
  return [names.join(','), ...lines, ''].join('\n');
}

/** The orders in the form that `mappingOf` reads. */
export function mappedFile(form: Form, orders: readonly SaidOrder[]): Buffer {
  const own = ownValues(form, orders);
  const columns = columnsOf(form);
  const rows = orders.map((order, i) => {
    const values = valuesIn(form, order, own[i]);
    return columns.map((column) => values[column]);
  });
  const ownNames = columns.map((column) => nameOf(form, column));
  if (form.isJson) return jsonFile(form, { names: ownNames, rows, orders });
  const lines = rows.map((row, i) => csvLine(form, row, orders[i]));
  const names = [...ownNames, 'Note'];
  const header = names.map((name) => cellOf(form, name, 0)).join(form.delimiter);
  const above = Array.from({ length: form.skipRows }, (_, at) => `Page ${at}, "orders`);
  const comments = form.commentChar === null ? [] : [`${form.commentChar} a, "comment`];
  const all = [...above, ...comments, ...(form.header ? [header] : []), ...lines, ...comments];
  return encoded(form, `${all.join(form.lineEnd)}${form.lineEnd}`);
}

/** What each column says of an order: null where nothing. */
function valuesIn(
  form: Form,
  order: SaidOrder,
  own: Readonly<Record<string, string | null>>,
): Record<Column, string | null> {
  const [first, second] = order.idParts;
  const [date, clock] = timeIn(form, order);
  return {
    id: form.joinsId ? first : (own.order_id ?? null),
    line: second,
    customer: order.customer,
    product: order.product,
    time: date,
    clock,
    quantity: numberIn(form, order.quantity, false, order.choice),
    price: numberIn(form, amountOf(form, own), !form.bareNumber, order.choice),
    status: statusIn(form, order),
    currency: order.currency,
  };
}

function statusIn({ hasValues }: Form, { status, choice }: SaidOrder): string | null {
  const others = hasValues ? (SPELLINGS[status ?? ''] ?? []) : [];
  return choice % 3 === 0 ? status : (others[choice % others.length] ?? status);
}

/** The price, or with `per: line` what the line amounts to. */
function amountOf({ isPerLine }: Form, { price, quantity }: Record<string, string | null>) {
  const [, whole, cents = ''] = /^(\d+)(?:\.(\d\d?))?$/.exec(price ?? '') ?? [];
  const isCounted = /^0*[1-9]\d*$/.test(quantity ?? '') && Number(quantity) <= 100_000;
  if (!isPerLine || whole === undefined || !isCounted) return price ?? null;
  const amount = String(BigInt(whole + cents.padEnd(2, '0')) * BigInt(quantity ?? '')).padStart(
    3,
    '0',
  );
  return `${amount.slice(0, -2)}.${amount.slice(-2)}`;
}

function numberIn(
  { number: { decimalChar, groupChar }, encoding }: Form,
  value: string | null,
  isDressed: boolean,
  choice: number,
): string | null {
  const [, sign, whole, , places] = /^(-?)(\d+)(\.(\d+))?$/.exec(value ?? '') ?? [];
  if (whole === undefined) return value;
  const groups =
    groupChar === null || choice % 2 === 0 ? whole : whole.replace(/\B(?=(\d{3})+$)/g, groupChar);
  const plain = `${groups}${places === undefined ? '' : decimalChar + places}`;
  if (!isDressed) return sign + plain;
  const money = encoding === 'shift_jis' ? '$' : '€';
  const dressed = [`${money} ${plain}`, `${plain} ${money}`, `EUR ${plain}`, plain];
  const inside = dressed[choice % dressed.length];
  return sign === '' ? inside : [`-${inside}`, `(${inside})`][choice % 2];
}

const MONTHS = { 1: 'Jan', 7: 'jul' };

/** The time, or its day and its time of the day where these are columns of their own. */
function timeIn(form: Form, { time, choice }: SaidOrder): [string | null, string | null] {
  if (time === null) return [null, null];
  if (time === 'bad') return [form.time.startsWith('%d.') ? '31.02.2026' : 'some day', '10:00'];
  const offset = ZONES[form.zone][time.month === 1 ? 0 : 1];
  const local = new Date(Date.UTC(2026, time.month - 1, time.day, time.hour + offset, time.minute));
  const [day, hour] = [two(local.getUTCDate()), local.getUTCHours()];
  const [month, minute] = [two(time.month), two(time.minute)];
  const half = `${two(hour % 12 === 0 ? 12 : hour % 12)}:${minute} ${hour < 12 ? 'AM' : 'pm'}`;
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.abs(offset))}00`;
  const [date, clock] = {
    auto: [`2026-${month}-${day} `, `${two(hour)}:${minute}${choice % 2 === 0 ? '' : zone}`],
    '%d.%m.%Y %H:%M': [`${day}.${month}.2026`, `${two(hour)}:${minute}`],
    '%m/%d/%Y %I:%M %p': [`${month}/${day}/2026`, half],
    '%d %b %Y %H:%M:%S': [`${day} ${MONTHS[time.month]} 2026`, `${two(hour)}:${minute}:00`],
    '%Y%m%dT%H%M%S%z': [`2026${month}${day}T`, `${two(hour)}${minute}00${zone}`],
  }[form.time];
  if (canJoinTime(form)) return [date, clock];
  return [
    form.time === 'auto' || form.time.includes('%z') ? date + clock : `${date} ${clock}`,
    null,
  ];
}

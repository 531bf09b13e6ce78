import type { Config } from '../../../lambdas/shared/model/config.ts';
import { ORDER_FIELDS } from '../../../lambdas/shared/model/order.ts';
import { formatDay, MS_PER_DAY } from '../../../lambdas/shared/model/time.ts';
import type { OrderValues } from './order-values.ts';

/** Larger than any row: seven values of at most 32 bytes, commas and a line end. */
const LONGEST_ROW_BYTES = 256;
const BUFFER_BYTES = 1024 * 1024;
const SEC_PER_DAY = MS_PER_DAY / 1000;
const DAY_TEXT_BYTES = 'YYYY-MM-DD '.length;

const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const LF = 0x0a;

/** CSV rows as bytes, without a string per value: ten million rows take seconds. */
export class OrderRows {
  private readonly buffer = new Uint8Array(BUFFER_BYTES + LONGEST_ROW_BYTES);
  private at = 0;
  private readonly dayTexts: Uint8Array;
  private readonly statuses: readonly Uint8Array[];

  constructor(config: Config['generate']) {
    // A copy may happen up to a day after the last day, its delay's limit.
    const firstDay = Date.parse(config.from) / MS_PER_DAY;
    const dayCount = Date.parse(config.to) / MS_PER_DAY - firstDay + 3;
    const days = Array.from({ length: dayCount }, (_, index) => `${formatDay(firstDay + index)} `);
    this.dayTexts = Buffer.from(days.join(''), 'latin1');
    this.statuses = config.statuses.map((status) => Buffer.from(status, 'latin1'));
  }

  get isFull(): boolean {
    return this.at >= BUFFER_BYTES;
  }

  /** The rows since the last call; valid until the next row is added. */
  take(): Uint8Array {
    const bytes = this.buffer.subarray(0, this.at);
    this.at = 0;
    return bytes;
  }

  addHeader(): void {
    const header = Buffer.from(`${ORDER_FIELDS.join(',')}\n`, 'latin1');
    this.buffer.set(header, this.at);
    this.at += header.length;
  }

  addRow(orderNumber: number, eventSec: number, values: OrderValues): void {
    const buffer = this.buffer;
    let at = this.at;
    if (values.hasId) at = writeId(buffer, at, 0x6f, orderNumber);
    buffer[at++] = COMMA;
    at = writeId(buffer, at, 0x63, values.customerNumber);
    buffer[at++] = COMMA;
    at = writeId(buffer, at, 0x70, values.productNumber);
    buffer[at++] = COMMA;
    at = this.writeTimestamp(at, eventSec);
    buffer[at++] = COMMA;
    if (values.quantity < 0) buffer[at++] = MINUS;
    at = writeNumber(buffer, at, Math.abs(values.quantity));
    buffer[at++] = COMMA;
    at = writePrice(buffer, at, values.priceCents);
    buffer[at++] = COMMA;
    const status = this.statuses[values.statusIndex] as Uint8Array;
    for (let index = 0; index < status.length; index++) buffer[at++] = status[index] as number;
    buffer[at++] = LF;
    this.at = at;
  }

  private writeTimestamp(from: number, eventSec: number): number {
    const { buffer, dayTexts } = this;
    const day = Math.floor(eventSec / SEC_PER_DAY);
    const secOfDay = eventSec - day * SEC_PER_DAY;
    const textAt = day * DAY_TEXT_BYTES;
    let at = from;
    for (let index = 0; index < DAY_TEXT_BYTES; index++) {
      buffer[at++] = dayTexts[textAt + index] as number;
    }
    const hour = (secOfDay / 3600) | 0;
    const minute = ((secOfDay / 60) | 0) - hour * 60;
    at = writeTwoDigits(buffer, at, hour);
    buffer[at++] = COLON;
    at = writeTwoDigits(buffer, at, minute);
    buffer[at++] = COLON;
    return writeTwoDigits(buffer, at, secOfDay - hour * 3600 - minute * 60);
  }
}

function writeId(buffer: Uint8Array, at: number, letter: number, value: number): number {
  buffer[at] = letter;
  return writeNumber(buffer, at + 1, value);
}

function writePrice(buffer: Uint8Array, from: number, priceCents: number): number {
  let at = from;
  if (priceCents < 0) buffer[at++] = MINUS;
  const cents = Math.abs(priceCents);
  const units = (cents / 100) | 0;
  at = writeNumber(buffer, at, units);
  buffer[at++] = POINT;
  return writeTwoDigits(buffer, at, cents - units * 100);
}

function writeTwoDigits(buffer: Uint8Array, at: number, value: number): number {
  const tens = (value / 10) | 0;
  buffer[at] = ZERO + tens;
  buffer[at + 1] = ZERO + value - tens * 10;
  return at + 2;
}

/** A whole number from 0 to 2^31 - 1. */
function writeNumber(buffer: Uint8Array, at: number, value: number): number {
  let digitCount = 1;
  for (let limit = 10; value >= limit; limit *= 10) digitCount++;
  let rest = value | 0;
  for (let index = at + digitCount - 1; index >= at; index--) {
    const tenth = (rest / 10) | 0;
    buffer[index] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
  return at + digitCount;
}

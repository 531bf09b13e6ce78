import type { ByteDictionary } from '../../../shared/bytes/byte-dictionary.ts';
import { CUSTOMER, PRODUCT } from '../../../shared/model/order.ts';
import { MAX_USUAL_LEAD_MS } from '../../../shared/model/warning.ts';
import type { JoinedRows } from '../../../shared/rows/order-rows.ts';
import { ACTIVE, CANCELLED } from '../../../shared/rules/outcome.ts';
import type { ShardNotices } from '../../../shared/state/shard-result.ts';
import type { RecordChunk } from './record-chunk.ts';

/** Ids and sequence numbers are UTF-8; a byte order mark at the start of an id belongs to it. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Counts what a shard's epoch has to warn of (contract §2.3), with the first record of each. */
export class NoticeCounter {
  #withoutCustomer = 0;
  #withoutProduct = 0;
  #withoutBoth = 0;
  #futureEvents = 0;
  #customerMiss: string | null = null;
  #productMiss: string | null = null;
  #futureEvent: string | null = null;

  /** Records that count and are more than a day ahead of their arrival. */
  addChunk(chunk: RecordChunk): void {
    const { outcome, arrivalTimeMs, rowCount } = chunk;
    const { timeMs } = chunk.columns;
    for (let row = 0; row < rowCount; row++) {
      if (outcome[row] !== ACTIVE && outcome[row] !== CANCELLED) continue;
      if (timeMs[row] - arrivalTimeMs[row] <= MAX_USUAL_LEAD_MS) continue;
      this.#futureEvents += 1;
      this.#futureEvent ??= placeOf(chunk, row);
    }
  }

  /** Active rows that miss their customer or product. */
  addActive(
    chunk: RecordChunk,
    rows: Uint32Array,
    { customerRow, productRow }: Pick<JoinedRows, 'customerRow' | 'productRow'>,
  ): void {
    const { codes, dictionaries } = chunk.columns;
    const [customerCode, productCode] = [codes[CUSTOMER], codes[PRODUCT]];
    const [customers, products] = [dictionaries[CUSTOMER], dictionaries[PRODUCT]];
    for (const row of rows) {
      const lacksCustomer = customerRow[customerCode[row]] < 0;
      const lacksProduct = productRow[productCode[row]] < 0;
      if (lacksCustomer && lacksProduct) this.#withoutBoth += 1;
      if (lacksCustomer) {
        this.#withoutCustomer += 1;
        this.#customerMiss ??= `customer_id ${textOf(customers, customerCode[row])} of ${placeOf(chunk, row)}`;
      }
      if (lacksProduct) {
        this.#withoutProduct += 1;
        this.#productMiss ??= `product_id ${textOf(products, productCode[row])} of ${placeOf(chunk, row)}`;
      }
    }
  }

  notices(): ShardNotices {
    return {
      customers_missed: this.#withoutCustomer,
      products_missed: this.#withoutProduct,
      both_missed: this.#withoutBoth,
      customer_miss: this.#customerMiss,
      product_miss: this.#productMiss,
      future_events: this.#futureEvents,
      future_event: this.#futureEvent,
    };
  }
}

/** `<source> <sequence number>`. */
function placeOf(chunk: RecordChunk, row: number): string {
  const { sources, source, sequences, sequenceEnd } = chunk;
  const number = sequences.bytes.subarray(chunk.sequenceStart(row), sequenceEnd[row]);
  return `${sources[source[row]]} ${decoder.decode(number)}`;
}

function textOf({ heap, offsets }: ByteDictionary, code: number): string {
  return decoder.decode(heap.slice(offsets[code], offsets[code + 1]));
}

import type { ByteDictionary } from '../../shared/bytes/byte-dictionary.ts';
import { CUSTOMER, ORDER_FIELDS, PRODUCT } from '../../shared/model/order.ts';
import { MS_PER_DAY } from '../../shared/model/time.ts';
import type { RowKeys } from '../../shared/rows/row-keys.ts';
import { addFindings, DUPLICATE_LOOKS, type Findings, NO_FINDINGS } from '../run/findings.ts';
import type { BucketRows } from './bucket-rows.ts';
import { lookOf } from './duplicate-look.ts';
import type { KeptRecords } from './kept-records.ts';

/** What findings depend on beside the rows. */
export interface FindingRules {
  /** Active rows are expected to find these: there are files of them. */
  readonly hasCustomers: boolean;
  readonly hasProducts: boolean;
  /** A counted record after this instant is ahead of the run. */
  readonly futureAfterMs: number;
}

/** A column of ids of a row group, and which of their values a dimension knows. */
export interface JoinedKeys {
  readonly keys: RowKeys;
  /** By code: the dimension's row, or -1. */
  readonly rowOf: Int32Array;
}

/** Collects what a bucket holds that people are warned of, wave by wave. */
export class BucketFindings {
  readonly #rules: FindingRules;
  #found = NO_FINDINGS;

  constructor(rules: FindingRules) {
    this.#rules = rules;
  }

  get found(): Findings {
    return this.#found;
  }

  /** Takes the duplicates of a wave. */
  addDuplicates(bucket: BucketRows, kept: KeptRecords): void {
    const byFields = new Float64Array(1 << ORDER_FIELDS.length);
    const byLook = DUPLICATE_LOOKS.map(() => 0);
    let records = 0;
    let first = -1;
    bucket.forEachBlock(kept.rows, (slice, from, to) => {
      const own = bucket.recordsOf(slice);
      const { ids, idEnd } = own.columns;
      for (let duplicate = from; duplicate < to; duplicate++) {
        const i = kept.rows[duplicate] - slice.baseRow;
        const fields = kept.differingFields(duplicate, own, i);
        if (fields === 0) continue;
        if (records === 0) first = duplicate;
        records += 1;
        byFields[fields] += 1;
        byLook[lookOf(ids, i === 0 ? 0 : idEnd[i - 1], idEnd[i], fields)] += 1;
      }
    });
    if (records === 0) return;
    const row = kept.rows[first];
    const example = { ...bucket.placeOf(row), id: textOf(bucket.idOf(row)) };
    const duplicates = {
      records,
      byField: ORDER_FIELDS.map((_, field) =>
        byFields.reduce((sum, count, bits) => sum + ((bits >>> field) & 1) * count, 0),
      ),
      byLook,
      first: { ...example, kept: kept.placeOf(first) },
    };
    this.#add({ duplicates });
  }

  /** Takes counted rows of one day. `timeMs` are their times. */
  addCounted(bucket: BucketRows, rows: Uint32Array, day: number, timeMs: Float64Array): void {
    const { futureAfterMs } = this.#rules;
    if ((day + 1) * MS_PER_DAY <= futureAfterMs) return;
    let records = 0;
    let first = -1;
    for (let i = 0; i < rows.length; i++) {
      if (timeMs[i] <= futureAfterMs) continue;
      if (records === 0) first = rows[i];
      records += 1;
    }
    if (records > 0) this.#add({ future: { records, first: bucket.placeOf(first) } });
  }

  /** Takes active rows, and what they are joined by. */
  addJoined(
    bucket: BucketRows,
    rows: Uint32Array,
    { customer, product }: { readonly customer: JoinedKeys; readonly product: JoinedKeys },
  ): void {
    const { hasCustomers, hasProducts } = this.#rules;
    const ofCustomers = missesOf(customer);
    const ofProducts = missesOf(product);
    if (ofCustomers === null && ofProducts === null) return;
    const wantedCustomer = Number(hasCustomers);
    const wantedProduct = Number(hasProducts);
    let customersMissed = 0;
    let productsMissed = 0;
    let missed = 0;
    let first = -1;
    for (let i = 0; i < rows.length; i++) {
      const isOfCustomer = ofCustomers === null ? 0 : ofCustomers[customer.keys.keys[i]];
      const isOfProduct = ofProducts === null ? 0 : ofProducts[product.keys.keys[i]];
      customersMissed += isOfCustomer;
      productsMissed += isOfProduct;
      if ((isOfCustomer & wantedCustomer) + (isOfProduct & wantedProduct) === 0) continue;
      if (missed === 0) first = i;
      missed += 1;
    }
    const counts = { customersMissed, productsMissed, missed };
    if (first < 0) {
      this.#add({ joins: { ...counts, first: null } });
      return;
    }
    const isCustomer = hasCustomers && ofCustomers?.[customer.keys.keys[first]] === 1;
    const id = isCustomer
      ? `customer_id ${valueText(customer, bucket.dictionaries[CUSTOMER], first)}`
      : `product_id ${valueText(product, bucket.dictionaries[PRODUCT], first)}`;
    this.#add({ joins: { ...counts, first: { ...bucket.placeOf(rows[first]), id } } });
  }

  #add(found: Partial<Findings>): void {
    this.#found = addFindings(this.#found, { ...NO_FINDINGS, ...found });
  }
}

/** By key: 1 where the dimension does not know its value; null where it knows all. */
function missesOf({ keys, rowOf }: JoinedKeys): Uint8Array | null {
  const { used } = keys;
  let isMissed: Uint8Array | null = null;
  for (let key = 0; key < used.length; key++) {
    if (rowOf[used[key]] >= 0) continue;
    isMissed ??= new Uint8Array(used.length);
    isMissed[key] = 1;
  }
  return isMissed;
}

function valueText({ keys }: JoinedKeys, values: ByteDictionary, index: number): string {
  const code = keys.used[keys.keys[index]];
  const { heap, offsets } = values;
  return textOf(heap.subarray(offsets[code], offsets[code + 1]));
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

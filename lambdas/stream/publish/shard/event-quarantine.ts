import { viewOf } from '../../../shared/bytes/bytes.ts';
import type { RowGroupData } from '../../../shared/bytes/column-data.ts';
import { EventValues } from '../../../shared/ingest/event-values.ts';
import { assert } from '../../../shared/model/errors.ts';
import { RECORD_ISSUES } from '../../../shared/model/issue.ts';
import { FIELD_COUNT } from '../../../shared/model/order.ts';
import { QUARANTINE_GROUP_ROWS, QuarantineRows } from '../../../shared/rows/quarantine-rows.ts';
import { PositionColumns } from './event-rows.ts';
import type { RecordChunk } from './record-chunk.ts';

/** Makes rows of the table `quarantine` from the quarantined records of a chunk (contract §3). */
export class EventQuarantine {
  readonly #rows = new QuarantineRows();
  readonly #position = new PositionColumns(QUARANTINE_GROUP_ROWS);
  readonly #values = new EventValues();

  /** Row groups in the order of `rows`; each one is valid until the next is asked for. */
  *groups(chunk: RecordChunk, rows: Uint32Array): Generator<RowGroupData> {
    if (this.#rows.rowCount > 0) this.#rows.take(); // Left by a file that failed.
    const { issues, quarantinedRow, quarantinedCount } = chunk.columns;
    const quarantined = rows.filter((row) => issues[row] !== 0);
    assert(quarantined.length === quarantinedCount, 'every record with issues is kept');
    const indexOfRow = new Map<number, number>();
    for (let i = 0; i < quarantinedCount; i++) indexOfRow.set(quarantinedRow[i], i);
    let from = 0;
    for (let at = 0; at < quarantined.length; at++) {
      this.#add(chunk, quarantined[at], indexOfRow.get(quarantined[at]) as number);
      if (!this.#rows.isFull && at < quarantined.length - 1) continue;
      this.#position.pick(chunk, quarantined.subarray(from, at + 1));
      const { rowCount } = this.#rows;
      yield { rowCount, columns: [...this.#rows.take(), ...this.#position.columns()] };
      from = at + 1;
    }
  }

  #add({ columns }: RecordChunk, row: number, index: number): void {
    const { issues, raw, rawEnd } = columns;
    const record = raw.bytes.subarray(index === 0 ? 0 : rawEnd[index - 1], rawEnd[index]);
    if ((issues[row] & RECORD_ISSUES) !== 0) this.#rows.addWithoutValues(record, issues[row]);
    else this.#addWithValues(record, issues[row]);
  }

  #addWithValues(record: Uint8Array, issues: number): void {
    this.#rows.addWithValues(viewOf(record), 0, record.length, issues);
    const { starts, ends, view } = this.#values.split(record);
    for (let field = 0; field < FIELD_COUNT; field++) {
      const start = starts[field][0];
      if (start < 0) this.#rows.setNull(field);
      else this.#rows.setField(field, view, start, ends[field][0]);
    }
  }
}

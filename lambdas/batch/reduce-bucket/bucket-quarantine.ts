import {
  type KeyedColumn,
  plain,
  type RowGroupData,
  type Values,
} from '../../shared/bytes/column-data.ts';
import type { CsvLayout } from '../../shared/ingest/csv-layout.ts';
import type { InputForm } from '../../shared/ingest/mapping/input-form.ts';
import type { KernelMemory } from '../../shared/kernels/kernel-memory.ts';
import { QUARANTINE_GROUP_ROWS, QuarantineRows } from '../../shared/rows/quarantine-rows.ts';
import type { RowsKernel } from '../../shared/rows/rows-kernel.ts';
import type { BucketRows } from './bucket-rows.ts';

/** What the inputs of a run are called, and how they are written. */
interface SourceForms {
  readonly sources: Values;
  readonly layouts: readonly (CsvLayout | null)[];
  readonly formOf: (inputIndex: number) => InputForm;
}

/** Makes row groups of the table `quarantine` from the quarantined records of a bucket. */
export class BucketQuarantine {
  readonly #rows: QuarantineRows;
  readonly #sourceKeys = new Uint32Array(QUARANTINE_GROUP_ROWS);
  readonly #offsets = new Float64Array(QUARANTINE_GROUP_ROWS);

  constructor(memory: KernelMemory, kernel: RowsKernel) {
    this.#rows = new QuarantineRows(memory, kernel);
  }

  /**
   * The groups in order of records, each valid until the next is asked for. Layouts are null where
   * a source holds events.
   */
  *groups(
    { blocks }: BucketRows,
    { layouts, sources, formOf }: SourceForms,
  ): Generator<RowGroupData> {
    const rows = this.#rows;
    if (rows.rowCount > 0) rows.take(); // Left by a file that failed.
    for (const slice of blocks) {
      const { quarantinedCount } = slice.header;
      if (quarantinedCount === 0) continue;
      const { columns, sourceIndex } = slice;
      const layout = layouts[sourceIndex];
      const form = formOf(sourceIndex);
      for (let next = 0; next < quarantinedCount; ) {
        const first = rows.rowCount;
        if (layout === null) rows.addEventOf(columns, next, form.rules.eventPaths);
        else rows.addCsv(columns, next, { layout, dialect: form.dialect });
        const added = rows.rowCount - first;
        this.#offsets.set(columns.quarantinedOffset.subarray(next, next + added), first);
        this.#sourceKeys.fill(sourceIndex, first, first + added);
        next += added;
        if (rows.isFull) yield this.#take(sources);
      }
    }
    if (rows.rowCount > 0) yield this.#take(sources);
  }

  #take(sources: Values): RowGroupData {
    const { rowCount } = this.#rows;
    const columns = {
      ...this.#rows.take(),
      source: this.#sourceColumn(sources, rowCount),
      source_offset: plain(this.#offsets),
    };
    return { rowCount, columns };
  }

  #sourceColumn(values: Values, rowCount: number): KeyedColumn {
    const used: number[] = [];
    const keyOf = new Map<number, number>();
    const keys = new Uint32Array(rowCount);
    // Records of a source follow each other.
    let key = -1;
    for (let row = 0; row < rowCount; row++) {
      const source = this.#sourceKeys[row];
      if (key < 0 || used[key] !== source) {
        key = keyOf.get(source) ?? used.push(source) - 1;
        keyOf.set(source, key);
      }
      keys[row] = key;
    }
    return { kind: 'keyed', keys, keyCount: used.length, valueOf: Int32Array.from(used), values };
  }
}

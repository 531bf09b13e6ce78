import type { Door } from '../../../lambdas/shared/model/tables.ts';

/** An object that is not as its manifest says, or a manifest that contradicts itself. */
export interface Fault {
  /** Key below the lake. */
  readonly key: string;
  readonly code: FaultCode;
  readonly message: string;
  /** What makes it whole again. */
  readonly restore: string;
}

export type FaultCode =
  | 'file_missing'
  | 'file_damaged'
  | 'parquet_unreadable'
  | 'rows_differ'
  | 'sums_differ'
  | 'manifest_missing'
  | 'manifest_damaged'
  | 'segment_missing'
  | 'segment_damaged'
  | 'snapshot_missing'
  | 'snapshot_damaged';

export type FaultyKind = 'table' | 'manifest' | 'segment' | 'snapshot' | 'totals';

const RESTORE_OF_BATCH =
  'run npx tandem batch, which writes all files of a run again; or restore the version of the ' +
  'object that was written first';
const REPLAY = 'npx tandem replay --consumer NAME rebuilds all tables from the raw segments';

const RESTORE_OF_STREAM: Readonly<Record<FaultyKind, string>> = {
  table: `restore the object from a copy or an earlier version; without one, ${REPLAY}`,
  manifest: `restore the object from a copy or an earlier version; without one, ${REPLAY}`,
  segment:
    'restore the object from a copy or an earlier version; tables do not need it, but replay and ' +
    'batch --from-raw do; while the stream still has its records, npx tandem replay --from stream ' +
    '--consumer NAME archives them again',
  snapshot:
    'restore the object from a copy or an earlier version, or no further epoch can be published; ' +
    `without one, ${REPLAY}`,
  totals: 'the next epoch writes a new one',
};

/** Collects faults; each object is named once. */
export class Faults {
  readonly found: Fault[] = [];
  readonly #keys = new Set<string>();

  /** Adds a fault, unless its object has one already, with how to restore such an object. */
  add(door: Door, kind: FaultyKind, fault: Omit<Fault, 'restore'>): void {
    if (this.#keys.has(fault.key)) return;
    this.#keys.add(fault.key);
    const restore = door === 'batch' ? RESTORE_OF_BATCH : RESTORE_OF_STREAM[kind];
    this.found.push({ ...fault, restore });
  }
}

import { reconcile } from '../../lambdas/reconcile/compare/compare-tables.ts';
import type { ReconcileOptions, ReconcileResult } from '../../lambdas/reconcile/model/result.ts';
import { type RowValue, readRows } from '../../lambdas/shared/parquet/reader.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import { publishBatch } from './batch-lake.ts';
import { type LakeRecord, PARQUET, T0, type TableRows, WINDOW_MS } from './lake-records.ts';
import { MemoryObjectStore } from './memory/memory-object-store.ts';
import { type LakeEpoch, publishEpochs } from './stream-lake.ts';

/** A watermark that is beyond every window of the tests. */
export const ALL_FINAL_MS = T0 + 365 * 86_400_000;

export interface TwoSides {
  readonly batch: readonly LakeRecord[];
  /** One epoch with all windows final; or several as they are. */
  readonly stream: readonly LakeRecord[] | readonly LakeEpoch[];
  readonly damageBatch?: (tables: TableRows) => TableRows;
  readonly damageStream?: (tables: TableRows) => TableRows;
}

/** Gives records their positions, in the order of the list. */
export function inOrder(...records: readonly LakeRecord[]): LakeRecord[] {
  return records.map((record, index) => ({ ...record, position: index + 1 }));
}

export async function lakeOf({
  batch,
  stream,
  damageBatch,
  damageStream,
}: TwoSides): Promise<ObjectStore> {
  const lake = new MemoryObjectStore();
  await publishBatch(lake, inOrder(...batch), damageBatch);
  const epochs = isEpochs(stream)
    ? stream
    : [{ records: inOrder(...stream), watermarkMs: ALL_FINAL_MS }];
  await publishEpochs(lake, epochs, damageStream === undefined ? {} : { damage: damageStream });
  return lake;
}

function isEpochs(stream: TwoSides['stream']): stream is readonly LakeEpoch[] {
  return stream.length > 0 && 'records' in stream[0];
}

export const OPTIONS: ReconcileOptions = {
  consumer: 'default',
  allowMissing: false,
  period: { sinceMs: null, untilMs: null },
  memoryLimitBytes: 2 ** 30,
  windowLengthMs: WINDOW_MS,
  parquet: PARQUET,
  shownPerClass: 20,
  attempt: { startedAtMs: T0, id: '00000000' },
};

export async function compareSides(
  sides: TwoSides,
  options: Partial<ReconcileOptions> = {},
): Promise<ReconcileResult & { readonly lake: ObjectStore }> {
  const lake = await lakeOf(sides);
  return { ...(await reconcile(lake, { ...OPTIONS, ...options })), lake };
}

/** The classes that occur, with what they count. */
export function classesOf({ classes }: ReconcileResult): Record<string, number> {
  const entries = Object.entries(classes).map(([name, { count }]): [string, number] => [
    name,
    count,
  ]);
  return Object.fromEntries(entries.filter(([, count]) => count > 0));
}

export async function reportOf(
  lake: ObjectStore,
  key: string,
): Promise<Readonly<Record<string, RowValue>>[]> {
  const rows: Record<string, RowValue>[] = [];
  for await (const row of readRows(await lake.get(key))) rows.push(row);
  return rows;
}

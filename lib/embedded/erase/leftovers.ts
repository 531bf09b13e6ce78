import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DimensionForm } from '../../../lambdas/shared/ingest/mapping/input-form.ts';
import { ObjectNotFoundError, TerminalError } from '../../../lambdas/shared/model/errors.ts';
import { uncheckedSource } from '../../../lambdas/shared/parquet/checked-file.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { epochFolderOf, epochOfFile } from '../../../lambdas/shared/state/lake-keys.ts';
import type { StreamContext } from '../../../lambdas/shared/state/stream-context.ts';
import { areEqual, type CustomerRow, customerRowsIn } from './customer-rows.ts';
import type { EpochTally } from './erase-epochs.ts';
import { type Erasure, staleRowsIn } from './order-file.ts';

/** Objects of the lake that hold a customer, and that nothing published needs. */
export interface Leftovers {
  /** Files of orders that no manifest names: of epochs that were moved, of attempts that lost. */
  readonly orderFiles: readonly string[];
  readonly dimensionCopies: readonly string[];
  readonly reports: readonly string[];
}

/**
 * Finds leftover objects by listing and judges them by content: what other processes are about to
 * write holds nothing of the customer, as landing does not. Leaves files of uncommitted epochs to
 * their writers.
 */
export async function findLeftovers(
  context: StreamContext,
  erasure: Erasure,
  epochs: { readonly tally: EpochTally; readonly committedEpoch: number },
  /** Keys of copies named by a plan that may still be used. */
  neededCopies: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Leftovers> {
  return {
    orderFiles: await findOrderFiles(context, erasure, epochs, signal),
    dimensionCopies: await findCopies(context, erasure, neededCopies, signal),
    reports: await findReports(context, erasure, signal),
  };
}

async function findOrderFiles(
  { lake, lakeKeys }: StreamContext,
  erasure: Erasure,
  { tally, committedEpoch }: { tally: EpochTally; committedEpoch: number },
  signal: AbortSignal,
): Promise<string[]> {
  const found: string[] = [];
  for await (const { key, sizeBytes } of lake.list(lakeKeys.tableRoot('orders'))) {
    signal.throwIfAborted();
    const epoch = epochOfFile(key);
    if (!(epoch <= committedEpoch) || tally.named.has(key)) continue;
    const isOfMoved =
      tally.movedTo.has(epoch) && epochFolderOf(key) === lakeKeys.table('orders', epoch);
    if (isOfMoved || (await isStale(lake, key, sizeBytes, erasure))) found.push(key);
  }
  return found;
}

async function findReports(
  { lake, lakeKeys }: StreamContext,
  erasure: Erasure,
  signal: AbortSignal,
): Promise<string[]> {
  const found: string[] = [];
  for await (const { key, sizeBytes } of lake.list(lakeKeys.reconcileReports)) {
    signal.throwIfAborted();
    if (!key.endsWith('.parquet')) continue;
    if (await isStale(lake, key, sizeBytes, erasure)) found.push(key);
  }
  return found;
}

async function isStale(
  lake: ObjectStore,
  key: string,
  bytes: number,
  erasure: Erasure,
): Promise<boolean> {
  await nextTurn();
  try {
    return (await staleRowsIn(uncheckedSource(lake, { key, bytes }), key, erasure)) > 0;
  } catch (error) {
    // Removed meanwhile, as old reports and burned epochs are.
    if (error instanceof ObjectNotFoundError) return false;
    throw error;
  }
}

async function findCopies(
  { lake, lakeKeys }: StreamContext,
  erasure: Erasure,
  neededCopies: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of lake.list(lakeKeys.dimensions)) {
    signal.throwIfAborted();
    if (!neededCopies.has(key) && (await isStaleCopy(lake, key, erasure))) found.push(key);
  }
  return found;
}

/** True if a copy of customers holds rows to erase. Copies of products hold none. */
export async function isStaleCopy(
  lake: ObjectStore,
  key: string,
  { customerId, wanted, customerForms }: Erasure,
): Promise<boolean> {
  // A copy does not say which mapping its file was read with.
  for (const form of customerForms) {
    const rows = await rowsIn(lake, { key, form }, customerId);
    if (rows.some((row) => !areEqual(row, wanted))) return true;
  }
  return false;
}

/** None where the object is no customers file of this form. */
async function rowsIn(
  lake: ObjectStore,
  file: { readonly key: string; readonly form: DimensionForm },
  customerId: string,
): Promise<CustomerRow[]> {
  try {
    return await customerRowsIn(lake, file, customerId);
  } catch (error) {
    const isOther = error instanceof TerminalError && error.code === 'dimension_rejected';
    if (isOther || error instanceof ObjectNotFoundError) return [];
    throw error;
  }
}

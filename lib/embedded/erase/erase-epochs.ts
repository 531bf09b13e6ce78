import { setImmediate as nextTurn } from 'node:timers/promises';
import { checkedSource } from '../../../lambdas/shared/parquet/checked-file.ts';
import { unreadableFile } from '../../../lambdas/shared/parquet/stored-values.ts';
import type { TableFile } from '../../../lambdas/shared/parquet/table-file.ts';
import { inParallel } from '../../../lambdas/shared/runtime/parallel.ts';
import { epochFolderOf, epochOfFile } from '../../../lambdas/shared/state/lake-keys.ts';
import { manifestChain, readStreamManifest } from '../../../lambdas/shared/state/manifest-chain.ts';
import type { StreamContext } from '../../../lambdas/shared/state/stream-context.ts';
import type { StreamManifest } from '../../../lambdas/shared/state/stream-manifest.ts';
import { type Erasure, rewriteOrders, staleRowsIn } from './order-file.ts';
import { ordersOf, readTagged, replaceOrders } from './tagged-manifest.ts';

/** Epochs that are looked through at once; each holds one file of its table in memory. */
const PARALLEL_EPOCHS = 8;

export interface StaleFile {
  readonly key: string;
  /** Rows of the customer that said something else. */
  readonly rows: number;
}

/** What a pass over the epochs found and, unless it was a dry run, changed. */
export class EpochTally {
  readonly staleFiles: StaleFile[] = [];
  manifests = 0;
  replacedManifests = 0;
  /** Every file of `orders` that a manifest names, as it is now. */
  readonly named = new Set<string>();
  /** The new folder of each epoch whose files were moved. */
  readonly movedTo = new Map<number, string>();
}

export interface EraseOptions {
  readonly isDryRun: boolean;
  readonly signal: AbortSignal;
  /** Called for each epoch examined. */
  readonly onEpoch: (epoch: number) => void;
}

/**
 * Rewrites the orders of epochs after `afterEpoch`, up to `newestKey`, that hold stale rows of a
 * customer. All files of such an epoch go to a new folder, so that a catalogue can take the whole
 * epoch from there; then its manifest is replaced, on condition of its etag, and so is the complete
 * one that lists them. Old files stay. If interrupted, every manifest still names existing files.
 * May be repeated or concurrent.
 */
export async function eraseInEpochs(
  context: StreamContext,
  { newestKey, afterEpoch }: { readonly newestKey: string; readonly afterEpoch: number },
  erasure: Erasure,
  tally: EpochTally,
  options: EraseOptions,
): Promise<void> {
  const newest = await readStreamManifest(context.lake, newestKey);
  const work = { context, erasure, tally, options };
  for await (const group of groupsBack(context, newest, afterEpoch))
    await eraseInGroup(work, group);
}

/** Manifests up to the next complete one, which lists the files of all of them. */
interface Group {
  readonly complete: string | null;
  /** Newest first. */
  readonly others: readonly string[];
}

async function* groupsBack(
  { lake, lakeKeys }: StreamContext,
  newest: StreamManifest,
  afterEpoch: number,
): AsyncGenerator<Group> {
  let complete: string | null = null;
  let others: string[] = [];
  for await (const { epoch, complete: isComplete } of manifestChain(lake, newest)) {
    // A complete manifest lists the files of all epochs it covers, including those seen before.
    if (isComplete) {
      if (complete !== null || others.length > 0) yield { complete, others };
      if (epoch <= afterEpoch) return;
      complete = lakeKeys.manifest(epoch);
      others = [];
    } else if (epoch > afterEpoch || complete !== null) {
      others.push(lakeKeys.manifest(epoch));
    } else {
      break;
    }
  }
  if (complete !== null || others.length > 0) yield { complete, others };
}

interface Work {
  readonly context: StreamContext;
  readonly erasure: Erasure;
  readonly tally: EpochTally;
  readonly options: EraseOptions;
}

async function eraseInGroup(work: Work, { complete, others }: Group): Promise<void> {
  await inParallel(others, PARALLEL_EPOCHS, (key) => eraseInEpoch(work, key, []));
  if (complete !== null) await eraseInEpoch(work, complete, others);
}

/** `others`: of a complete manifest, those whose files it lists as well. */
async function eraseInEpoch(work: Work, key: string, others: readonly string[]): Promise<void> {
  const { context, tally, options } = work;
  const { lake } = context;
  tally.manifests += 1;
  for (;;) {
    options.signal.throwIfAborted();
    const tagged = await readTagged(lake, key);
    const { epoch } = tagged.manifest;
    const listed = ordersOf(tagged.manifest);
    const own = listed.filter((file) => epochOfFile(file.key) === epoch);
    const stale = await staleFilesOf(work, own);
    const isMoved = stale.length > 0 && !options.isDryRun;
    const files = isMoved ? await moveEpoch(work, epoch, own) : own;
    // Read after this manifest: a concurrent run that moves an epoch replaces this one afterwards.
    const wanted = [...files, ...(await ordersOfAll(lake, others))];
    if (!areSame(wanted, listed) && !options.isDryRun) {
      if (!(await replaceOrders(lake, tagged, wanted))) {
        if (isMoved) await lake.delete(files.map((file) => file.key));
        continue;
      }
      tally.replacedManifests += 1;
    }
    tally.staleFiles.push(...stale);
    for (const file of files) noteFile(work, epoch, file.key);
    options.onEpoch(epoch);
    return;
  }
}

function areSame(a: readonly TableFile[], b: readonly TableFile[]): boolean {
  return a.length === b.length && a.every(({ key }, index) => key === b[index].key);
}

async function ordersOfAll(
  lake: StreamContext['lake'],
  keys: readonly string[],
): Promise<TableFile[]> {
  const lists = await inParallel(keys, PARALLEL_EPOCHS, async (key) =>
    ordersOf(await readStreamManifest(lake, key)),
  );
  return lists.flat();
}

function noteFile({ context, tally }: Work, epoch: number, key: string): void {
  tally.named.add(key);
  const folder = epochFolderOf(key);
  if (folder !== context.lakeKeys.table('orders', epoch)) tally.movedTo.set(epoch, folder);
}

async function staleFilesOf(
  { context, erasure, options }: Work,
  files: readonly TableFile[],
): Promise<StaleFile[]> {
  const stale: StaleFile[] = [];
  for (const file of files) {
    options.signal.throwIfAborted();
    // Files in memory are read without a pause in which a signal could be heard.
    await nextTurn();
    try {
      const source = await checkedSource(context.lake, file);
      const rows = await staleRowsIn(source, file.key, erasure);
      if (rows > 0) stale.push({ key: file.key, rows });
    } catch (error) {
      throw unreadableFile(file.key, error);
    }
  }
  return stale;
}

/** Writes all files of an epoch's orders into a new folder with a unique name. */
async function moveEpoch(
  { context, erasure }: Work,
  epoch: number,
  files: readonly TableFile[],
): Promise<TableFile[]> {
  const { lake, lakeKeys, randomness, config } = context;
  const folder = lakeKeys.rewritten('orders', randomness.id(), epoch);
  const moved: TableFile[] = [];
  for (const file of files) {
    const newKey = `${folder}${file.key.slice(epochFolderOf(file.key).length)}`;
    const source = await checkedSource(lake, file);
    moved.push(await rewriteOrders(lake, source, { ...file, newKey }, erasure, config.parquet));
  }
  return moved;
}

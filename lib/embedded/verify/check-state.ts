import { ObjectNotFoundError, TerminalError } from '../../../lambdas/shared/model/errors.ts';
import { formatCents } from '../../../lambdas/shared/model/money.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { type EpochSnapshot, readSnapshot } from '../../../lambdas/shared/state/epoch-snapshot.ts';
import type { StreamLakeKeys } from '../../../lambdas/shared/state/lake-keys.ts';
import type { StreamManifest } from '../../../lambdas/shared/state/stream-manifest.ts';
import type { DoorSums } from './door-sums.ts';
import type { FaultCode, Faults } from './faults.ts';

const HEADER = 'product_id,total_orders,total_revenue\n';

/**
 * Checks what belongs to the current epoch besides its tables: the snapshot to which the next epoch
 * adds, and the list of product totals. `sums` is null if tables have faults; then it only compares
 * the snapshot with the manifest.
 */
export async function checkState(
  lake: ObjectStore,
  epoch: {
    readonly keys: StreamLakeKeys;
    readonly manifest: StreamManifest;
    readonly sums: DoorSums | null;
  },
  faults: Faults,
): Promise<void> {
  const { keys, manifest, sums } = epoch;
  const snapshotKey = keys.snapshot(manifest.epoch);
  const addFault = (code: FaultCode, message: string) =>
    faults.add('stream', 'snapshot', { key: snapshotKey, code, message });
  let snapshot: EpochSnapshot;
  try {
    snapshot = await readSnapshot(lake, snapshotKey, manifest.epoch);
  } catch (error) {
    if (!(error instanceof TerminalError) || !error.code.startsWith('snapshot_')) throw error;
    const isMissing = error.code === 'snapshot_missing';
    addFault(error.code as FaultCode, isMissing ? 'is missing' : 'cannot be read');
    return;
  }
  const problem = differenceOf(snapshot, manifest, sums);
  if (problem !== null) {
    addFault('snapshot_damaged', problem);
    return;
  }
  await checkTotals(lake, keys.productTotals(manifest.epoch), snapshot, faults);
}

function differenceOf(
  snapshot: EpochSnapshot,
  manifest: StreamManifest,
  sums: DoorSums | null,
): string | null {
  const [found, stated] = [snapshot, manifest].map(({ counts, issues }) =>
    JSON.stringify([sorted(counts), sorted(issues)]),
  );
  if (found !== stated) return 'its counts or issues are not those of the manifest';
  const [first] = sums?.contradictionsOf(snapshot, manifest) ?? [];
  return first ?? null;
}

const sorted = (numbers: Readonly<Record<string, number>>) =>
  Object.entries(numbers).sort(([a], [b]) => (a < b ? -1 : 1));

/** `snapshots/product_totals/epoch=….csv`: line by line what the snapshot says. */
async function checkTotals(
  lake: ObjectStore,
  key: string,
  { products }: EpochSnapshot,
  faults: Faults,
): Promise<void> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(await lake.get(key));
  } catch (error) {
    if (!(error instanceof ObjectNotFoundError)) throw error;
    faults.add('stream', 'totals', { key, code: 'file_missing', message: 'is missing' });
    return;
  }
  if (isTotalsText(text, products)) return;
  const message = 'does not list the products and sums of its epoch';
  faults.add('stream', 'totals', { key, code: 'file_damaged', message });
}

function isTotalsText(text: string, products: EpochSnapshot['products']): boolean {
  const expected = products
    .filter(([, orders]) => orders > 0)
    .map(([id, orders, cents]) => ({ id, orders, cents: BigInt(cents) }))
    // Products come in the order of their bytes, and a sort keeps it among equal ones.
    .sort((a, b) => (a.cents > b.cents ? -1 : a.cents < b.cents ? 1 : 0));
  if (!text.startsWith(HEADER)) return false;
  let at = HEADER.length;
  for (const { id, orders, cents } of expected) {
    const sums = `,${orders},${formatCents(cents)}\n`;
    // A value that a spreadsheet would run as a formula has an apostrophe in front (contract §3.1).
    const line = [id, `'${id}`].map((each) => csvField(each) + sums);
    const found = line.find((each) => text.startsWith(each, at));
    if (found === undefined) return false;
    at += found.length;
  }
  return at === text.length;
}

/** Quoted where RFC 4180 wants it. */
function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

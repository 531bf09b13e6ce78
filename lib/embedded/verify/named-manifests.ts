import { ObjectNotFoundError } from '../../../lambdas/shared/model/errors.ts';
import { problemOf, type Shape } from '../../../lambdas/shared/model/shape.ts';
import type { Door, TableName } from '../../../lambdas/shared/model/tables.ts';
import type { TableFile } from '../../../lambdas/shared/parquet/table-file.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import type { OutcomeCounts } from '../../../lambdas/shared/rules/outcome.ts';
import { parseJson } from '../../../lambdas/shared/runtime/json.ts';
import { BATCH_MANIFEST, STREAM_MANIFEST } from '../../../lambdas/shared/state/stored-manifests.ts';
import type { StreamManifest } from '../../../lambdas/shared/state/stream-manifest.ts';
import type { Faults } from './faults.ts';

/** The parts of a manifest of either door that are looked at. Names as in the JSON. */
export interface AnyManifest {
  readonly kind: Door;
  readonly counts: Readonly<OutcomeCounts>;
  readonly issues?: Readonly<Record<string, number>>;
  readonly revenue: string;
  readonly tables: Readonly<Partial<Record<TableName, { readonly files: readonly TableFile[] }>>>;
}

/** Reads a manifest of a door; null if it is missing or invalid, which is recorded as a fault. */
export async function readManifest<T extends AnyManifest>(
  lake: ObjectStore,
  key: string,
  door: Door,
  faults: Faults,
): Promise<T | null> {
  let bytes: Uint8Array;
  try {
    bytes = await lake.get(key);
  } catch (error) {
    if (!(error instanceof ObjectNotFoundError)) throw error;
    faults.add(door, 'manifest', { key, code: 'manifest_missing', message: 'is missing' });
    return null;
  }
  const problem = damageOf(bytes, door);
  if (problem === null) return parseJson<T>(bytes);
  faults.add(door, 'manifest', { key, code: 'manifest_damaged', message: problem });
  return null;
}

const SHAPES: Readonly<Record<Door, Shape>> = { batch: BATCH_MANIFEST, stream: STREAM_MANIFEST };

/** What readers rely on is what has to be there. */
function damageOf(bytes: Uint8Array, door: Door): string | null {
  let manifest: { readonly kind?: unknown } | null;
  try {
    manifest = parseJson(bytes);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return 'is no JSON';
  }
  if (manifest?.kind !== door) return `is not a manifest of the ${door} door`;
  const problem = problemOf(SHAPES[door], manifest);
  return problem === null ? null : `is damaged: ${problem}`;
}

/**
 * Manifests of a stream from `newest` back, following what `before` names. Ends at one that is a
 * fault, and always ends, because epochs must decrease.
 */
export async function* manifestsBack(
  lake: ObjectStore,
  newest: { readonly key: string; readonly manifest: StreamManifest },
  before: (manifest: StreamManifest) => string | null,
  faults: Faults,
): AsyncGenerator<{ readonly key: string; readonly manifest: StreamManifest }> {
  let current = newest;
  for (;;) {
    yield current;
    const key = before(current.manifest);
    if (key === null) return;
    const manifest = await readManifest<StreamManifest>(lake, key, 'stream', faults);
    if (manifest === null) return;
    const { epoch } = current.manifest;
    if (!(manifest.epoch < epoch)) {
      const message = `has epoch ${manifest.epoch}, but comes before epoch ${epoch}`;
      faults.add('stream', 'manifest', { key, code: 'manifest_damaged', message });
      return;
    }
    current = { key, manifest };
  }
}

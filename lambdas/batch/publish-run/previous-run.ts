import { TerminalError } from '../../shared/model/errors.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { manifestInputs } from '../../shared/state/manifest-inputs.ts';
import { readBatchManifest } from '../../shared/state/stored-manifests.ts';
import type { BatchManifest, ManifestInput } from '../run/batch-manifest.ts';
import type { BatchPlan } from '../run/batch-plan.ts';

const UNKNOWN = ['manifest_missing', 'manifest_damaged'];

/** The run that was the current one when this one was planned. */
export interface PreviousRun {
  /** The orders files that it read, by key. */
  readonly inputs: Map<string, Pick<ManifestInput, 'etag' | 'records'>>;
  readonly revenue: string;
}

/**
 * Facts about the previous run to compare with; null if there was none. A missing or damaged
 * manifest must not block the new run, which replaces it: then nothing is known of the previous
 * run.
 */
export async function readPrevious(
  lake: ObjectStore,
  { previous }: Pick<BatchPlan, 'previous'>,
): Promise<PreviousRun | null> {
  if (previous === null) return null;
  try {
    const key = previous.manifestKey;
    const manifest = await readBatchManifest<BatchManifest>(lake, key);
    const inputs: PreviousRun['inputs'] = new Map();
    for await (const { key: file, etag, records } of manifestInputs(lake, manifest)) {
      inputs.set(file, { etag, records });
    }
    return { inputs, revenue: manifest.revenue };
  } catch (error) {
    if (error instanceof TerminalError && UNKNOWN.includes(error.code)) return null;
    throw error;
  }
}

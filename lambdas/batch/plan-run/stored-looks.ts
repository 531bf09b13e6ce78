import { ObjectNotFoundError } from '../../shared/model/errors.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { compactJsonBytes, parseJson } from '../../shared/runtime/json.ts';
import { inParallel } from '../../shared/runtime/parallel.ts';
import { BATCH_CURRENT_KEY } from '../../shared/state/batch-keys.ts';
import { readCurrentPointer } from '../../shared/state/current-pointer.ts';
import { type PlanHeader, runIdOf, workPrefix } from '../run/batch-plan.ts';
import { InternedLayouts } from '../run/interned-layouts.ts';
import { planParts, readHeader, type StoredHeader } from '../run/stored-plan.ts';
import type { Look, LookMemory } from './look-at-files.ts';

const PARALLEL_READS = 16;

/**
 * Looks at files from this run's earlier attempts, and from the current run's plan if the same code
 * and config made it: equal etags mean equal bytes, so the look would be the same.
 */
export class StoredLooks implements LookMemory {
  readonly known = new Map<string, Look>();
  readonly #lake: ObjectStore;
  readonly #prefix: string;
  readonly #isTimeUp: () => boolean;
  readonly #layouts = new InternedLayouts();
  #pages = 0;

  private constructor(lake: ObjectStore, runId: string, isTimeUp: () => boolean) {
    this.#lake = lake;
    this.#prefix = `${workPrefix(runId)}looks/`;
    this.#isTimeUp = isTimeUp;
  }

  static async open(
    lake: ObjectStore,
    run: Pick<PlanHeader, 'runId' | 'codeVersion' | 'configHash'>,
    { clock, stopAtMs }: { readonly clock: Clock; readonly stopAtMs: number },
  ): Promise<StoredLooks> {
    const looks = new StoredLooks(lake, run.runId, () => clock.now() >= stopAtMs);
    await looks.#readCurrentPlan(run);
    await looks.#readPages();
    return looks;
  }

  async keep(fresh: readonly Look[]): Promise<void> {
    const name = String(this.#pages++).padStart(6, '0');
    await this.#lake.put(`${this.#prefix}${name}.json`, compactJsonBytes(fresh));
  }

  isTimeUp(): boolean {
    return this.#isTimeUp();
  }

  async #readPages(): Promise<void> {
    const keys: string[] = [];
    for await (const { key } of this.#lake.list(this.#prefix)) keys.push(key);
    this.#pages = keys.length;
    await inParallel(keys, PARALLEL_READS, async (key) => {
      this.#add(parseJson<Look[]>(await this.#lake.get(key)));
    });
  }

  async #readCurrentPlan({
    codeVersion,
    configHash,
  }: Pick<PlanHeader, 'codeVersion' | 'configHash'>): Promise<void> {
    const current = await readCurrentPointer(this.#lake, BATCH_CURRENT_KEY);
    if (current === null) return;
    const { manifestKey } = current;
    const runId = runIdOf(manifestKey);
    const header = await this.#findHeader(runId);
    if (header?.codeVersion !== codeVersion || header.configHash !== configHash) return;
    for await (const { inputs } of planParts(this.#lake, header, async (part) => part)) {
      this.#add(inputs.filter(({ kind }) => kind !== 'segment'));
    }
  }

  async #findHeader(runId: string): Promise<StoredHeader | null> {
    try {
      return await readHeader(this.#lake, runId);
    } catch (error) {
      if (error instanceof ObjectNotFoundError) return null;
      throw error;
    }
  }

  #add(looks: readonly Look[]): void {
    for (const look of looks) {
      const isLaidOut = 'layout' in look && look.layout !== null;
      const shared = isLaidOut ? { ...look, layout: this.#layouts.shared(look.layout) } : look;
      this.known.set(look.key, shared);
    }
  }
}

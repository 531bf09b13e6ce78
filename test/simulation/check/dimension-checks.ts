import type { EpochPlan } from '../../../lambdas/shared/state/epoch-plan.ts';
import type { SimProcess } from '../sim-process.ts';
import { expectThat } from '../violation.ts';

export type DimensionName = 'customers' | 'products';

const NAMES: readonly DimensionName[] = ['customers', 'products'];

interface Edition {
  readonly etag: string;
  readonly isGood: boolean;
}

/** What the one file of each dimension was, and which edition each process listed last. */
export class Editions {
  readonly #written: Record<DimensionName, Edition[]> = { customers: [], products: [] };
  readonly #listed = new Map<SimProcess, Partial<Record<DimensionName, number>>>();

  onWrite(name: DimensionName, etag: string, isGood: boolean): void {
    this.#written[name].push({ etag, isGood });
  }

  onList(process: SimProcess, prefix: string): void {
    const name = NAMES.find((candidate) => prefix === `${candidate}/`);
    if (name === undefined) return;
    const listed = this.#listed.get(process) ?? {};
    this.#listed.set(process, { ...listed, [name]: this.#written[name].length - 1 });
  }

  isGood(name: DimensionName): boolean {
    return this.#written[name].at(-1)?.isGood ?? false;
  }

  /** Those that the file was from the last listing of a process until now. */
  seenBy(process: SimProcess, name: DimensionName): readonly Edition[] {
    return this.#written[name].slice(this.#listed.get(process)?.[name] ?? 0);
  }
}

/**
 * Invariant 13: a plan takes what landing had when it was listed if that can be read, and the
 * copies of the epoch before if it cannot; then it says so.
 */
export function checkDimensions(
  editions: Editions,
  process: SimProcess,
  plan: EpochPlan,
  previous: EpochPlan | null,
): void {
  let kept = 0;
  for (const name of NAMES) {
    const etags = plan.dimensions[name].map(({ etag }) => etag).join();
    const before = (previous?.dimensions[name] ?? []).map(({ etag }) => etag).join();
    const seen = editions.seenBy(process, name);
    const isTaken = seen.some(({ etag, isGood }) => isGood && etag === etags);
    const mayKeep = seen.length > 1 || seen.some(({ isGood }) => !isGood);
    expectThat(isTaken || (mayKeep && etags === before), '13', () => {
      return `epoch ${plan.epoch} has ${name} ${etags}, before ${before}, in landing ${JSON.stringify(seen)}`;
    });
    if (!isTaken) kept += 1;
  }
  const isSaid = plan.warnings.some(({ code }) => code === 'dimension_kept_before');
  expectThat(isSaid || kept === 0, '13', () => `epoch ${plan.epoch} does not say what it kept`);
}

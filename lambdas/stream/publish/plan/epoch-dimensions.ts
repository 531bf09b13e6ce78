import { Dimension } from '../../../shared/dimensions/joined-dimension.ts';
import { type LoadedDimension, loadDimension } from '../../../shared/dimensions/load-dimension.ts';
import { type LandingObject, listDimension } from '../../../shared/ingest/list-landing.ts';
import {
  CUSTOMERS,
  type DimensionCounts,
  type DimensionDefinition,
  PRODUCTS,
} from '../../../shared/model/dimension.ts';
import {
  assert,
  ObjectNotFoundError,
  PreconditionFailedError,
  TerminalError,
} from '../../../shared/model/errors.ts';
import { type Warning, warningOf } from '../../../shared/model/warning.ts';
import type { DimensionCopy, EpochPlan } from '../../../shared/state/epoch-plan.ts';
import type { StreamContext } from '../../../shared/state/stream-context.ts';
import { checkCopies, checkedCopies, copyFile, hashing, sha256OfCopy } from './dimension-copies.ts';

/** Times that landing is listed again because a file changed before it was copied. */
const MAX_LISTINGS = 5;

/** A dimension that was read from the copies of a plan. */
export interface EpochDimension {
  readonly dimension: Dimension;
  readonly counts: Readonly<DimensionCounts>;
}

/** What a plan fixes of the dimensions. */
export type PlannedDimensions = Pick<EpochPlan, 'dimensions' | 'warnings'>;

/** Why a dimension's files in landing cannot be taken. */
interface BadFiles {
  readonly key: string;
  readonly reason: string;
}

type Listed =
  | { readonly status: 'read'; readonly copies: readonly DimensionCopy[] }
  | { readonly status: 'bad'; readonly bad: BadFiles }
  /** Landing changed under the reader: it is to be listed again. */
  | { readonly status: 'changed'; readonly key: string };

interface InMemory extends EpochDimension {
  /** Keys of the copies it was read from. */
  readonly copyKeys: string;
}

/**
 * The dimensions of one consumer's epochs. Read before a plan names them, and kept in memory while
 * their files are unchanged: an epoch with unchanged files costs a listing.
 */
export class EpochDimensions {
  readonly #context: StreamContext;
  readonly #inMemory = new Map<string, InMemory>();
  /**
   * Bad files already read, by name of the dimension, so that they are not read again and again.
   */
  readonly #known = new Map<string, { readonly files: string; readonly bad: BadFiles }>();

  constructor(context: StreamContext) {
    this.#context = context;
  }

  /**
   * Reads the files of landing and copies them, since they may be overwritten any time (stream
   * protocol §3, P7). Files that are rejected, too large, unreadable or keep changing become a
   * warning; the previous epoch's copies then stay, or none if there are none. Throws
   * `TerminalError` `dimension_copy_missing` or `dimension_copy_damaged` if those are lost too.
   */
  async plan(previous: EpochPlan | null): Promise<PlannedDimensions> {
    const troubles: BadFiles[] = [];
    let hasKept = false;
    const copiesOf = async (definition: DimensionDefinition) => {
      const before = previous?.dimensions[definition.name] ?? [];
      const result = await this.#readLanding(definition, before);
      if (result.status === 'read') return result.copies;
      await this.read(definition, before);
      troubles.push(result.bad);
      hasKept ||= before.length > 0;
      return before;
    };
    const customers = await copiesOf(CUSTOMERS);
    const products = await copiesOf(PRODUCTS);
    return { dimensions: { customers, products }, warnings: keptWarnings(troubles, hasKept) };
  }

  /**
   * The dimension as its copies have it. A copy that is missing or damaged is made again where
   * landing still has the file. Throws as `loadDimension`; `dimension_copy_damaged`.
   */
  async read(
    definition: DimensionDefinition,
    copies: readonly DimensionCopy[],
  ): Promise<EpochDimension> {
    const known = this.#inMemory.get(definition.name);
    if (known?.copyKeys === keysOf(copies)) return known;
    try {
      return await this.#readCopies(definition, copies);
    } catch (error) {
      if (!isCopyTrouble(error) || !(await this.#copyAgain(copies))) throw error;
      return await this.#readCopies(definition, copies);
    }
  }

  async #readLanding(
    definition: DimensionDefinition,
    before: readonly DimensionCopy[],
  ): Promise<Exclude<Listed, { status: 'changed' }>> {
    for (let listing = 1; ; listing++) {
      const result = await this.#readListed(definition, before);
      if (result.status !== 'changed') return result;
      if (listing < MAX_LISTINGS) continue;
      const reason = `${result.key} changed ${MAX_LISTINGS} times while it was read`;
      return { status: 'bad', bad: { key: result.key, reason } };
    }
  }

  async #readListed(
    definition: DimensionDefinition,
    before: readonly DimensionCopy[],
  ): Promise<Listed> {
    const { name } = definition;
    let files: LandingObject[];
    try {
      files = await listDimension(this.#context.landing, name);
    } catch (error) {
      return { status: 'bad', bad: badFiles(`${name}/`, error) };
    }
    const same = await this.#unchanged(definition, files, before);
    if (same !== null) return { status: 'read', copies: same };
    const listed = files.map(({ key, etag }) => `${key} ${etag}`).join('\n');
    const known = this.#known.get(name);
    if (known?.files === listed) return { status: 'bad', bad: known.bad };
    const result = await this.#loadAndCopy(definition, files);
    const isLasting = result.status === 'bad' && result.isOfContent;
    if (isLasting) this.#known.set(name, { files: listed, bad: result.bad });
    return result;
  }

  /** The copies of the epoch before, if they are of these very files and can be read. */
  async #unchanged(
    definition: DimensionDefinition,
    files: readonly LandingObject[],
    before: readonly DimensionCopy[],
  ): Promise<readonly DimensionCopy[] | null> {
    const isSame =
      files.length === before.length &&
      files.every(({ key, etag }, i) => key === before[i].key && etag === before[i].etag);
    if (!isSame) return null;
    try {
      await this.read(definition, before);
      return before;
    } catch (error) {
      if (isCopyTrouble(error)) return null;
      throw error;
    }
  }

  async #loadAndCopy(
    definition: DimensionDefinition,
    files: readonly LandingObject[],
  ): Promise<Listed & { readonly isOfContent?: boolean }> {
    const { landing } = this.#context;
    const sums = new Map<string, string>();
    const hashed = hashing(landing, (key, sha256) => sums.set(key, sha256));
    let key = `${definition.name}/`;
    const noted = {
      stream: (...[fileKey, options]: Parameters<typeof hashed.stream>) => {
        key = fileKey;
        return hashed.stream(fileKey, options);
      },
    };
    let loaded: LoadedDimension;
    try {
      loaded = await loadDimension(noted, definition, files, this.#context.config);
    } catch (error) {
      if (error instanceof TerminalError && error.code === 'input_changed') {
        return { status: 'changed', key };
      }
      return { status: 'bad', bad: badFiles(key, error), isOfContent: isOfContent(error) };
    }
    const copies: DimensionCopy[] = [];
    try {
      for (const file of files) copies.push(await this.#copy(file, sums.get(file.key)));
    } catch (error) {
      if (isChange(error)) return { status: 'changed', key: error.key };
      throw error;
    }
    this.#keep(definition, copies, loaded);
    return { status: 'read', copies };
  }

  async #copy(file: LandingObject, sha256: string | undefined): Promise<DimensionCopy> {
    assert(sha256 !== undefined, `${file.key} was read to its end`);
    return await copyFile(this.#context, file, sha256);
  }

  async #readCopies(definition: DimensionDefinition, copies: readonly DimensionCopy[]) {
    const { lake } = this.#context;
    const checked = checkedCopies(lake, copies);
    try {
      const loaded = await loadDimension(checked, definition, copies, this.#context.config);
      return this.#keep(definition, copies, loaded);
    } catch (error) {
      // What cannot be read to its end was not checked: first of all it may be damaged.
      if (isOfContent(error)) await checkCopies(lake, copies);
      throw error;
    }
  }

  /** False where landing has not all of these files any more, or they cannot be read. */
  async #copyAgain(copies: readonly DimensionCopy[]): Promise<boolean> {
    try {
      for (const copy of copies) await copyFile(this.#context, copy, sha256OfCopy(copy));
      return true;
    } catch (error) {
      if (isChange(error) || error instanceof TerminalError) return false;
      throw error;
    }
  }

  #keep(
    { name }: DimensionDefinition,
    copies: readonly DimensionCopy[],
    { data, counts }: LoadedDimension,
  ): EpochDimension {
    const read = { copyKeys: keysOf(copies), dimension: new Dimension(data), counts };
    this.#inMemory.set(name, read);
    return read;
  }
}

/** True for failures caused by a plan's dimensions: another plan may have others. */
export function isOfDimensions(error: unknown): boolean {
  return isCopyTrouble(error) || isOfContent(error);
}

function isCopyTrouble(error: unknown): boolean {
  return error instanceof TerminalError && error.code.startsWith('dimension_copy_');
}

/** True if the same bytes would fail again. */
function isOfContent(error: unknown): boolean {
  const codes = ['dimension_rejected', 'dimensions_too_large'];
  return error instanceof TerminalError && codes.includes(error.code);
}

function isChange(error: unknown): error is PreconditionFailedError | ObjectNotFoundError {
  return error instanceof PreconditionFailedError || error instanceof ObjectNotFoundError;
}

/** Rethrows what may pass, and the unforeseen. */
function badFiles(key: string, error: unknown): BadFiles {
  if (!(error instanceof TerminalError)) throw error;
  return { key, reason: error.message };
}

function keptWarnings(troubles: readonly BadFiles[], hasKept: boolean): Warning[] {
  if (troubles.length === 0) return [];
  const [{ key }] = troubles;
  const kept = hasKept
    ? 'the epoch is joined with the files of the previous one'
    : 'no earlier epoch had one, so every lookup misses';
  const reasons = troubles.map(({ reason }) => reason).join('; ');
  const hint = `${reasons}; ${kept}; the next epoch reads the file again once it is fixed`;
  return [warningOf('dimension_kept_before', troubles.length, key, hint)];
}

function keysOf(copies: readonly DimensionCopy[]): string {
  return copies.map(({ copyKey }) => copyKey).join('\n');
}

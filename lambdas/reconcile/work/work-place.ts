import { TerminalError } from '../../shared/model/errors.ts';
import type { ObjectStore, ObjectWriter } from '../../shared/ports/object-store.ts';
import { type Attempt, removeWork, workPrefixOf } from './work-folder.ts';

/** Those of a comparison that say where it spills. */
export interface WorkOptions {
  readonly attempt: Attempt;
  readonly otherWork?: () => ObjectStore;
  readonly onWarning?: (message: string) => void;
}

/** Codes of a store that may be read and not be written to, or that is full. */
const REFUSALS: ReadonlySet<string> = new Set(['storage_error', 'access_denied', 'aws_refused']);

/** Why a store refused an object; null for an error that is not about permission. */
export function refusalOf(error: unknown): TerminalError | null {
  return error instanceof TerminalError && REFUSALS.has(error.code) ? error : null;
}

/** The place for temporary objects cannot be written to. */
class PlaceRefused extends Error {
  override readonly name = 'PlaceRefused';
}

/**
 * Where one comparison spills: below `work/` of the lake, or, if that cannot be written to, in the
 * store that the options name. A reader needs no write permission.
 */
export class WorkPlace {
  readonly #lake: ObjectStore;
  readonly #options: WorkOptions;
  #work: ObjectStore;

  constructor(lake: ObjectStore, options: WorkOptions) {
    this.#lake = lake;
    this.#options = options;
    this.#work = lake;
  }

  /** The lake, with this comparison's temporary objects redirected to the place. */
  store(): ObjectStore {
    const lake = this.#lake;
    const work = this.#work;
    const prefix = workPrefixOf(this.#options.attempt);
    const storeOf = (key: string) => (key.startsWith(prefix) ? work : lake);
    return {
      head: (key) => storeOf(key).head(key),
      get: (key, options) => storeOf(key).get(key, options),
      getInto: (key, target, options) => storeOf(key).getInto(key, target, options),
      stream: (key, options) => storeOf(key).stream(key, options),
      put: (key, body, condition) => storeOf(key).put(key, body, condition),
      openWriter: (key) =>
        key.startsWith(prefix) ? placeWriter(work.openWriter(key)) : lake.openWriter(key),
      list: (keyPrefix) => storeOf(keyPrefix).list(keyPrefix),
      delete: (keys) => lake.delete(keys),
    };
  }

  /**
   * Switches to the other store if this error is the lake's refusal and there is one. True: start
   * the comparison again, it now spills there.
   */
  moveOn(error: unknown): boolean {
    const { otherWork } = this.#options;
    if (!(error instanceof PlaceRefused) || otherWork === undefined) return false;
    if (this.#work !== this.#lake) return false;
    this.#work = otherWork();
    return true;
  }

  /** Why the comparison failed, for its caller. */
  causeOf(error: unknown): unknown {
    return error instanceof PlaceRefused ? error.cause : error;
  }

  /**
   * Removes what was spilled, and what killed comparisons left. That something stays decides no
   * comparison; without anybody to tell it to, it is thrown.
   */
  async clear(): Promise<void> {
    const { attempt, onWarning } = this.#options;
    try {
      await removeWork(this.#lake, attempt);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === null || onWarning === undefined) throw error;
      onWarning(`cannot remove files of earlier comparisons: ${refusal.message}`);
    }
  }
}

function placeWriter(writer: ObjectWriter): ObjectWriter {
  const refused = (error: unknown) => {
    const cause = refusalOf(error);
    throw cause === null ? error : new PlaceRefused(cause.message, { cause });
  };
  return {
    write: (bytes) => writer.write(bytes).catch(refused),
    commit: (condition) => writer.commit(condition).catch(refused),
    abort: () => writer.abort(),
  };
}

import { TerminalError } from '../../shared/model/errors.ts';
import type { ObjectStore, ObjectWriter } from '../../shared/ports/object-store.ts';
import type { ReconcileOptions } from './result.ts';
import { removeWork, workPrefixOf } from './work-folder.ts';

/** Codes of a store that may be read and not be written to, or that is full. */
const REFUSALS: ReadonlySet<string> = new Set(['storage_error', 'access_denied', 'aws_refused']);

/** Why a store does not take an object; null: another error, which is no matter of permission. */
export function refusalOf(error: unknown): TerminalError | null {
  return error instanceof TerminalError && REFUSALS.has(error.code) ? error : null;
}

/** The place for temporary objects cannot be written to. */
class PlaceRefused extends Error {
  override readonly name = 'PlaceRefused';
}

/**
 * Where one comparison spills: below `work/` of the lake, and where that cannot be written to, in
 * the store that the options name for it. A reader needs no permission to write.
 */
export class WorkPlace {
  readonly #lake: ObjectStore;
  readonly #options: ReconcileOptions;
  #work: ObjectStore;

  constructor(lake: ObjectStore, options: ReconcileOptions) {
    this.#lake = lake;
    this.#options = options;
    this.#work = lake;
  }

  /** The lake, whose temporary objects of this comparison lie in the place. */
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

  /** True: after this error the comparison can begin anew, in another place. */
  moveOn(error: unknown): boolean {
    const { otherWork } = this.#options;
    if (!(error instanceof PlaceRefused) || otherWork === undefined) return false;
    if (this.#work !== this.#lake) return false;
    this.#work = otherWork();
    return true;
  }

  /** Why the comparison failed, for whoever asked for it. */
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

import { ObjectNotFoundError, TerminalError } from '../model/errors.ts';
import type { ObjectStore } from '../ports/object-store.ts';

/** A file that a batch run read, as its manifest says (contract §3.1). */
export interface ManifestInput {
  readonly key: string;
  readonly etag: string;
  readonly bytes: number;
  readonly records: number;
}

/** Lists the inputs of a run that has too many for its manifest: a line of JSON for each. */
export interface InputsObject {
  readonly key: string;
  readonly files: number;
  readonly bytes: number;
}

/** Exactly one of the two is there. */
export interface WithInputs {
  readonly inputs?: readonly ManifestInput[];
  readonly inputs_object?: InputsObject;
}

const WAY_OUT = 'restore the object, or publish again: npx tandem batch';

/**
 * The inputs of a run in order of keys, from the manifest itself or its separate object, which is
 * read in pieces. Throws `TerminalError` `manifest_missing` or `manifest_damaged`, which name the
 * object.
 */
export async function* manifestInputs(
  lake: ObjectStore,
  { inputs, inputs_object: object }: WithInputs,
): AsyncGenerator<ManifestInput> {
  if (object === undefined) return yield* inputs ?? [];
  let files = 0;
  for await (const line of linesOf(lake, object.key)) {
    files += 1;
    yield inputOf(line, object.key);
  }
  if (files !== object.files) throw damaged(object.key, `it lists ${files} files`);
}

async function* linesOf(lake: ObjectStore, key: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const piece of lake.stream(key)) {
      const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (cause) {
    if (!(cause instanceof ObjectNotFoundError)) throw cause;
    const message = `list of inputs ${key} is missing; ${WAY_OUT}`;
    throw new TerminalError('manifest_missing', message, { cause });
  }
  if (rest !== '') throw damaged(key, 'its last line is truncated');
}

function inputOf(line: string, key: string): ManifestInput {
  let value: Partial<ManifestInput> | null;
  try {
    value = JSON.parse(line) as Partial<ManifestInput> | null;
  } catch {
    throw damaged(key, 'a line is not JSON');
  }
  const isInput =
    typeof value?.key === 'string' &&
    typeof value.etag === 'string' &&
    Number.isSafeInteger(value.bytes) &&
    Number.isSafeInteger(value.records);
  if (!isInput) throw damaged(key, 'a line is not an input');
  return value as ManifestInput;
}

function damaged(key: string, problem: string): TerminalError {
  const message = `list of inputs ${key} is damaged: ${problem}; ${WAY_OUT}`;
  return new TerminalError('manifest_damaged', message);
}

import { createHash } from 'node:crypto';
import type { AsyncBuffer } from 'hyparquet';
import { ObjectNotFoundError, TerminalError } from '../model/errors.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { ParquetSource } from './stored-values.ts';
import type { TableFile } from './table-file.ts';

/** What a manifest says of a file that is read. */
export type ListedFile = Pick<TableFile, 'key' | 'bytes' | 'sha256'>;

/**
 * A file that a manifest lists is missing, or is not what the manifest says. `problem` says so
 * without the key and the way out, for those who list several files.
 */
export class FileFaultError extends TerminalError {
  declare readonly code: 'file_missing' | 'file_damaged';
  readonly problem: string;

  constructor(code: FileFaultError['code'], key: string, problem: string, options?: ErrorOptions) {
    super(code, `${key} ${problem}; ${WHAT_NEXT}`, options);
    this.problem = problem;
  }
}

const WHAT_NEXT = 'npx tandem verify lists all damaged objects and how to restore them';

/** Files up to this size are read in one piece; of larger ones ranges. */
const WHOLE_FILE_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Opens a file after comparing its size and checksum with the manifest's. A large one is read once
 * for its checksum and then range by range. Throws `FileFaultError`.
 */
export async function checkedSource(lake: ObjectStore, file: ListedFile): Promise<ParquetSource> {
  const { key, bytes } = file;
  try {
    if (bytes <= WHOLE_FILE_BYTES_MAX) {
      const content = await lake.get(key);
      check(file, content.length, createHash('sha256').update(content).digest('hex'));
      return content;
    }
    const hash = createHash('sha256');
    let size = 0;
    for await (const piece of lake.stream(key)) {
      size += piece.length;
      hash.update(piece);
    }
    check(file, size, hash.digest('hex'));
    return rangesOf(lake, key, bytes);
  } catch (cause) {
    if (!(cause instanceof ObjectNotFoundError)) throw cause;
    throw new FileFaultError('file_missing', key, 'is missing', { cause });
  }
}

/** Opens a file of which only a part is needed, without comparing its checksum. */
export function uncheckedSource(
  lake: ObjectStore,
  { key, bytes }: Pick<TableFile, 'key' | 'bytes'>,
): ParquetSource {
  return rangesOf(lake, key, bytes);
}

function check({ key, bytes, sha256 }: ListedFile, foundBytes: number, found: string): void {
  if (foundBytes === bytes && found === sha256) return;
  const problem =
    foundBytes === bytes
      ? `has sha256 ${found}, but its manifest says ${sha256}`
      : `has ${foundBytes} bytes, but its manifest says ${bytes}`;
  throw new FileFaultError('file_damaged', key, problem);
}

function rangesOf(lake: ObjectStore, key: string, byteLength: number): AsyncBuffer {
  return {
    byteLength,
    async slice(startByte, endByte = byteLength) {
      const piece = await lake.get(key, { range: { startByte, endByte } });
      return new Uint8Array(piece).buffer;
    },
  };
}

import { createHash } from 'node:crypto';
import { ObjectNotFoundError } from '../../lambdas/shared/model/errors.ts';
import type {
  ByteRange,
  GetOptions,
  ObjectInfo,
  ObjectStore,
  ObjectWriter,
} from '../../lambdas/shared/ports/object-store.ts';
import { HEADER } from './batch-runs.ts';

/**
 * A landing zone of so many orders files of one record each, which takes no memory: content and
 * etag follow from the key. Counts requests, pages of a listing as S3 has them.
 */
export class TinyFiles implements ObjectStore {
  readonly requests = { list: 0, get: 0 };
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  async head(key: string): Promise<ObjectInfo | null> {
    const index = indexOf(key);
    return index === null || index >= this.#count ? null : infoOf(index);
  }

  async get(key: string, { range }: GetOptions = {}): Promise<Uint8Array> {
    this.requests.get += 1;
    const index = indexOf(key);
    if (index === null || index >= this.#count) throw new ObjectNotFoundError(key);
    const bytes = Buffer.from(contentOf(index));
    return range === undefined ? bytes : bytes.subarray(range.startByte, range.endByte);
  }

  async getInto(
    key: string,
    target: Uint8Array,
    options: GetOptions & { readonly range: ByteRange },
  ): Promise<number> {
    const bytes = await this.get(key, options);
    target.set(bytes);
    return bytes.length;
  }

  async *stream(key: string): AsyncIterable<Uint8Array> {
    yield await this.get(key);
  }

  async *list(prefix: string): AsyncIterable<ObjectInfo> {
    if (prefix !== FOLDER) return;
    for (let index = 0; index < this.#count; index++) {
      if (index % 1000 === 0) this.requests.list += 1;
      yield infoOf(index);
    }
  }

  put(): Promise<{ etag: string }> {
    throw new Error('nothing is written to landing');
  }

  openWriter(): ObjectWriter {
    throw new Error('nothing is written to landing');
  }

  async delete(): Promise<void> {
    throw new Error('nothing is deleted in landing');
  }
}

const FOLDER = 'orders/';
const NAME = /^orders\/2026\/shop-\d+\/export-(\d{9})\.csv$/;

/** In order of keys. */
export function tinyKey(index: number): string {
  const name = String(index).padStart(9, '0');
  return `${FOLDER}2026/shop-${name.slice(0, 6)}/export-${name}.csv`;
}

function indexOf(key: string): number | null {
  const match = NAME.exec(key);
  return match === null ? null : Number(match[1]);
}

export function contentOf(index: number): string {
  const day = String((index % 28) + 1).padStart(2, '0');
  const ids = `o${index},c${index % 100},p${index % 50}`;
  return `${HEADER}\n${ids},2026-01-${day} 10:00:00,1,1.00,completed\n`;
}

function infoOf(index: number): ObjectInfo {
  const etag = `"${createHash('md5').update(String(index)).digest('hex')}"`;
  return { key: tinyKey(index), sizeBytes: contentOf(index).length, etag, modifiedAtMs: 0 };
}

import type { TableName } from '../model/tables.ts';
import { digits, VERSION_DIGITS } from './state-keys.ts';

/** Of a stream's consumers the one without a name; the deployed functions are it. */
export const DEFAULT_CONSUMER = 'default';

const EPOCH_DIGITS = 8;

export function epochText(epoch: number): string {
  return String(epoch).padStart(EPOCH_DIGITS, '0');
}

/** Of the epoch that a file of a table belongs to. */
export function epochOfFile(key: string): number {
  return Number(/\/epoch=(\d+)\//.exec(key)?.[1]);
}

/** The folder of the epoch that a file of a table lies in, with its slash. */
export function epochFolderOf(key: string): string {
  return /^.*\/epoch=\d+\//.exec(key)?.[0] ?? key;
}

/** Of the key of a plan or of a manifest. */
export function epochOfKey(key: string): number {
  return Number.parseInt(key.slice(key.lastIndexOf('/') + 1), 10);
}

/**
 * What a segment's key has in common with those of its thousand versions, lost attempts included:
 * as many as a page of a listing holds.
 */
export function thousandOf(segmentKey: string): string {
  return segmentKey.slice(0, segmentKey.lastIndexOf('/') + 1 + VERSION_DIGITS - 3);
}

/**
 * Keys of what one consumer of a stream keeps in the lake (contract §3.1). `default` writes at the
 * root, any other consumer below `consumers/<name>/`.
 */
export class StreamLakeKeys {
  readonly #root: string;
  readonly #stream: string;

  constructor(consumer: string, stream: string) {
    this.#root = consumer === DEFAULT_CONSUMER ? '' : `consumers/${consumer}/`;
    this.#stream = stream;
  }

  get manifests(): string {
    return `${this.#root}manifests/stream/`;
  }

  get current(): string {
    return `${this.manifests}CURRENT.json`;
  }

  manifest(epoch: number): string {
    return `${this.manifests}${epochText(epoch)}.json`;
  }

  /** The folder of all epochs of one table, with its slash. */
  tableRoot(table: TableName): string {
    return `${this.#root}tables/stream/${table}/`;
  }

  /** The folder of one epoch of one table, with its slash. */
  table(table: TableName, epoch: number): string {
    return `${this.tableRoot(table)}epoch=${epochText(epoch)}/`;
  }

  /** As `table`, where files of a published epoch were written anew under other keys. */
  rewritten(table: TableName, attempt: string, epoch: number): string {
    return `${this.tableRoot(table)}rewritten-${attempt}/epoch=${epochText(epoch)}/`;
  }

  productTotals(epoch: number): string {
    return `${this.#root}snapshots/product_totals/epoch=${epochText(epoch)}.csv`;
  }

  segment(shardId: string, version: number, attempt: string): string {
    return `${this.segmentsOf(shardId)}${digits(version)}-${attempt}.ndjson.zst`;
  }

  /** The folder of a shard's segments, with its slash. */
  segmentsOf(shardId: string): string {
    return `${this.segments}${shardId}/`;
  }

  /** The folder of all segments of the stream, with its slash. */
  get segments(): string {
    return `${this.#root}raw/stream/${this.#stream}/`;
  }

  get plans(): string {
    return `${this.state}plans/`;
  }

  plan(epoch: number, attempt: string): string {
    return `${this.plans}${epochText(epoch)}-${attempt}.json`;
  }

  dimension(sha256: string): string {
    return `${this.dimensions}${sha256}`;
  }

  /** The folder of all copies of dimensions, with its slash. */
  get dimensions(): string {
    return `${this.state}dimensions/`;
  }

  snapshot(epoch: number): string {
    return `${this.#root}state/stream/snapshots/${epochText(epoch)}`;
  }

  result(epoch: number, shardId: string): string {
    return `${this.results(epoch)}${shardId}.json`;
  }

  /** The folder of an epoch's results, with its slash. */
  results(epoch: number): string {
    return `${this.#root}state/stream/results/${epochText(epoch)}/`;
  }

  /** What clean-up may look through (stream protocol §6). */
  get state(): string {
    return `${this.#root}state/stream/`;
  }

  /** All differences between a batch run and an epoch of this consumer (contract §5). */
  reconcileReport(runId: string, epoch: number): string {
    return `${this.reconcileReports}${runId}-${epochText(epoch)}.parquet`;
  }

  /** The folder of those reports, with its slash. */
  get reconcileReports(): string {
    return `${this.#root}reports/reconcile/`;
  }
}

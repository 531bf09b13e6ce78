import type { TableName } from '../model/tables.ts';
import { digits, VERSION_DIGITS } from './state-keys.ts';

/** The consumer without a name of its own; the deployed functions use it. */
export const DEFAULT_CONSUMER = 'default';

const EPOCH_DIGITS = 8;

/** An epoch's number with leading zeros, so that keys sort by epoch. */
export function epochText(epoch: number): string {
  return String(epoch).padStart(EPOCH_DIGITS, '0');
}

/** The epoch in the key of a table file. */
export function epochOfFile(key: string): number {
  return Number(/\/epoch=(\d+)\//.exec(key)?.[1]);
}

/** Key of the epoch's folder that holds a table file, ending in a slash. */
export function epochFolderOf(key: string): string {
  return /^.*\/epoch=\d+\//.exec(key)?.[0] ?? key;
}

/** The epoch in the key of a plan or manifest. */
export function epochOfKey(key: string): number {
  return Number.parseInt(key.slice(key.lastIndexOf('/') + 1), 10);
}

/**
 * The prefix shared by the segments of a thousand versions, lost attempts included: about one page
 * of a listing.
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

  /** The folder of the stream's manifests, with its slash. */
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

  /**
   * Key of a table's folder for files of a published epoch that were rewritten, such as after an
   * erasure; `attempt` keeps the keys apart.
   */
  rewritten(table: TableName, attempt: string, epoch: number): string {
    return `${this.tableRoot(table)}rewritten-${attempt}/epoch=${epochText(epoch)}/`;
  }

  /** The list of product totals as of an epoch. */
  productTotals(epoch: number): string {
    return `${this.#root}snapshots/product_totals/epoch=${epochText(epoch)}.csv`;
  }

  /** A segment; `attempt` keeps competing writers of one version apart. */
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

  /** A plan; `attempt` keeps competing planners of one epoch apart. */
  plan(epoch: number, attempt: string): string {
    return `${this.plans}${epochText(epoch)}-${attempt}.json`;
  }

  /** The copy of a dimension's file, named by its content. */
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

import type { BackInTime } from './back-in-time.ts';

/** A record over 1 MiB, which no stream takes. */
export interface SkippedRecord {
  readonly file: string;
  /** Offset of its first byte in the uncompressed file. */
  readonly offset: number;
  /** Size as it would have been sent, key included; null: too long to be read to its end. */
  readonly bytes: number | null;
}

/** Counts what has been sent so far; updated as records are accepted. */
export class ProduceTally {
  records = 0;
  bytes = 0;
  requests = 0;
  skippedCount = 0;
  /** The first of those that were not sent. */
  readonly skipped: SkippedRecord[] = [];
  readonly recordsByShard = new Map<string, number>();
  /** Records that come after much younger ones; null: none, or they are sorted. */
  backInTime: BackInTime | null = null;
  readonly recordsByFile: { readonly file: string; records: number }[] = [];
}

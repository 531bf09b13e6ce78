import { OUTCOMES } from '../../lambdas/shared/rules/outcome.ts';
import type { StreamManifest } from '../../lambdas/shared/state/stream-manifest.ts';
import type { ConsumedBatch } from '../../lib/embedded/stream/observer.ts';
import type { Row } from '../lake/row.ts';
import { ageText, instantText } from './instant-text.ts';
import { counted, textTable, withCommas } from './text-table.ts';
import { topProductsText } from './top-products-text.ts';

/** What is shown of a shard; null if it is not known or there is none. */
export interface ShardView {
  readonly shardId: string;
  readonly watermarkMs: number | null;
  readonly isSealed: boolean;
}

/** An epoch as it is shown. */
export interface EpochView {
  readonly manifest: StreamManifest;
  readonly manifestKey: string;
  readonly openWindows: number;
  /** Rows of `window_revenue`: cells of windows that are final. */
  readonly finalCells: number;
  readonly topProducts: readonly Row[];
}

/** Time over which the rate is measured. */
const RATE_OVER_MS = 5_000;

interface ShardTally {
  records: number;
  lastBatchAtMs: number | null;
  behindMs: number;
}

/**
 * Progress of a running stream, and its display. All times must be of one clock that never goes
 * back.
 */
export class StreamView {
  readonly #title: string;
  readonly #everyMs: number;
  readonly #startedAtMs: number;
  readonly #shards = new Map<string, ShardTally>();
  readonly #batches: { readonly atMs: number; readonly records: number }[] = [];
  #records = 0;
  #epoch: EpochView | null = null;
  #epochAtMs: number | null = null;

  constructor(options: { title: string; everyMs: number; nowMs: number }) {
    this.#title = options.title;
    this.#everyMs = options.everyMs;
    this.#startedAtMs = options.nowMs;
  }

  get records(): number {
    return this.#records;
  }

  /** Milliseconds from the records consumed to the tip, of the shard that is furthest from it. */
  get behindMs(): number {
    return Math.max(0, ...[...this.#shards.values()].map(({ behindMs }) => behindMs));
  }

  batch({ shardId, records, behindMs }: ConsumedBatch, nowMs: number): void {
    const shard = this.#shard(shardId);
    shard.records += records;
    shard.lastBatchAtMs = nowMs;
    shard.behindMs = behindMs;
    this.#records += records;
    this.#batches.push({ atMs: nowMs, records });
    while (this.#batches[0].atMs < nowMs - RATE_OVER_MS) this.#batches.shift();
  }

  /** Notes that a shard has nothing more to read. */
  tip(shardId: string): void {
    this.#shard(shardId).behindMs = 0;
  }

  epoch(epoch: EpochView, nowMs: number): void {
    this.#epoch = epoch;
    this.#epochAtMs = nowMs;
  }

  /** Records per second, over the last seconds or since the start. */
  ratePerSec(nowMs: number): number {
    const sinceMs = Math.max(this.#startedAtMs, nowMs - RATE_OVER_MS);
    if (nowMs <= sinceMs) return 0;
    const records = this.#batches
      .filter(({ atMs }) => atMs >= sinceMs)
      .reduce((sum, batch) => sum + batch.records, 0);
    return (records / (nowMs - sinceMs)) * 1_000;
  }

  /** Lines of the display, without line ends. */
  lines(shards: readonly ShardView[], nowMs: number): string[] {
    const rate = withCommas(Math.round(this.ratePerSec(nowMs)));
    const head = [
      `${this.#title}, running for ${ageText(nowMs - this.#startedAtMs)}; ctrl-C stops it cleanly`,
      `${counted(this.#records, 'record')} consumed, ${rate} per second`,
      '',
    ];
    const table = this.#shardTable(shards, nowMs).trimEnd().split('\n');
    return [...head, ...table, '', ...this.#epochLines(nowMs)];
  }

  #shardTable(shards: readonly ShardView[], nowMs: number): string {
    const rows = shards.map(({ shardId, watermarkMs, isSealed }) => {
      const tally = this.#shards.get(shardId);
      const atMs = tally?.lastBatchAtMs ?? null;
      return [
        shardId,
        withCommas(tally?.records ?? 0),
        atMs === null ? '–' : ageText(nowMs - atMs),
        watermarkMs === null ? 'none yet' : instantText(watermarkMs),
        isSealed ? 'over' : lagText(tally?.behindMs ?? 0),
      ];
    });
    return textTable(
      [
        { title: 'shard' },
        { title: 'records', isNumber: true },
        { title: 'checkpoint age', isNumber: true },
        { title: 'watermark' },
        { title: 'lag' },
      ],
      rows,
    );
  }

  #epochLines(nowMs: number): string[] {
    const epoch = this.#epoch;
    if (epoch === null || this.#epochAtMs === null) {
      return [`no epoch yet; the first one follows ${ageText(this.#everyMs)} after the start`];
    }
    const { manifest, topProducts } = epoch;
    const top = topProductsText(topProducts).trimEnd();
    return [
      `epoch ${manifest.epoch}, ${ageText(nowMs - this.#epochAtMs)} ago: ${countsText(manifest)}`,
      `revenue ${withCommas(manifest.revenue)}; ${windowsText(epoch)}`,
      ...(topProducts.length === 0 ? [] : ['', ...top.split('\n')]),
    ];
  }

  #shard(shardId: string): ShardTally {
    let tally = this.#shards.get(shardId);
    if (tally === undefined) {
      tally = { records: 0, lastBatchAtMs: null, behindMs: 0 };
      this.#shards.set(shardId, tally);
    }
    return tally;
  }
}

/** A shard's distance to its tip in arrival time, for people. */
export function lagText(behindMs: number): string {
  return behindMs === 0 ? 'none' : `${ageText(behindMs)} behind`;
}

/** Records of all epochs so far, read and by outcome, for people. */
function countsText({ counts }: Pick<StreamManifest, 'counts'>): string {
  const outcomes = OUTCOMES.map((outcome) => `${withCommas(counts[outcome])} ${outcome}`);
  return `${withCommas(counts.read)} read, ${outcomes.join(', ')}`;
}

/** Watermark, final cells and open windows of an epoch, for people. */
export function windowsText({ manifest, openWindows, finalCells }: EpochView): string {
  const cells = `${counted(finalCells, 'cell')} final`;
  if (manifest.watermark === null)
    return `${counted(openWindows, 'window')} open, no watermark yet`;
  const until = instantText(Date.parse(manifest.watermark));
  return `watermark ${until}, ${cells}, ${counted(openWindows, 'window')} open`;
}

/** An epoch on one line, for logs. */
export function epochLine(epoch: EpochView): string {
  const { manifest } = epoch;
  return `epoch ${manifest.epoch}: ${countsText(manifest)}; revenue ${withCommas(manifest.revenue)}; ${windowsText(epoch)}`;
}

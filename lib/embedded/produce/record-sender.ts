import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../../lambdas/shared/ports/clock.ts';
import type { EventStream, NewRecord } from '../../../lambdas/shared/ports/event-stream.ts';
import type { Randomness } from '../../../lambdas/shared/ports/randomness.ts';
import { nap } from '../../common/nap.ts';
import { backoffMs, isRetryable } from '../stream/failures.ts';
import type { ProduceTally } from './produce-tally.ts';

/** A request, or records of one, that the stream did not take. */
export interface SendRetry {
  readonly records: number;
  readonly message: string;
  readonly pauseMs: number;
}

export interface SenderOptions {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly ratePerSec: number | null;
  readonly signal: AbortSignal;
  readonly onRetry?: (retry: SendRetry) => void;
}

/** Requests between two looks at what else waits, ctrl-C among it. */
const REQUESTS_PER_TURN = 32;

/** Sends requests one after another, each until all its records are accepted. */
export class RecordSender {
  readonly #options: SenderOptions;
  readonly #stream: EventStream;
  readonly #tally: ProduceTally;
  readonly #startedAtMs: number;

  constructor(options: SenderOptions, stream: EventStream, tally: ProduceTally) {
    this.#options = options;
    this.#stream = stream;
    this.#tally = tally;
    this.#startedAtMs = options.clock.now();
  }

  /**
   * Returns when every record has been accepted; those that were not are put again, for ever. Where
   * no answer came, all are: some may then be stored twice, which is what dedupe is for. Throws the
   * signal's reason.
   */
  async send(records: readonly NewRecord[]): Promise<void> {
    const { clock, randomness, signal, onRetry } = this.#options;
    let rest = records;
    for (let failures = 1; rest.length > 0; failures++) {
      signal.throwIfAborted();
      const refusal = await this.#put(rest);
      if (refusal === null) break;
      rest = refusal.records;
      const pauseMs = backoffMs(failures, randomness.fraction());
      onRetry?.({ records: rest.length, message: refusal.message, pauseMs });
      await nap(clock, pauseMs, signal);
    }
    this.#tally.requests += 1;
    if (this.#tally.requests % REQUESTS_PER_TURN === 0) await nextTurn();
    await this.#pace();
  }

  /** What has to be put again, and why; null: nothing. */
  async #put(
    records: readonly NewRecord[],
  ): Promise<{ records: readonly NewRecord[]; message: string } | null> {
    let message = '';
    const refused: NewRecord[] = [];
    try {
      const results = await this.#stream.put(records);
      for (const [index, result] of results.entries()) {
        if (result.status === 'stored') {
          this.#count(result.shardId, records[index]);
        } else {
          refused.push(records[index]);
          message = result.message;
        }
      }
    } catch (error) {
      if (!isRetryable(error)) throw error;
      return { records, message: error.message };
    }
    return refused.length === 0 ? null : { records: refused, message };
  }

  #count(shardId: string, { data }: NewRecord): void {
    const { recordsByShard } = this.#tally;
    this.#tally.records += 1;
    this.#tally.bytes += data.length;
    recordsByShard.set(shardId, (recordsByShard.get(shardId) ?? 0) + 1);
  }

  async #pace(): Promise<void> {
    const { clock, ratePerSec, signal } = this.#options;
    if (ratePerSec === null) return;
    const dueMs = this.#startedAtMs + (this.#tally.records / ratePerSec) * 1_000;
    await nap(clock, dueMs - clock.now(), signal);
  }
}

import fc from 'fast-check';
import type { EpochLake, TestRecord } from './epoch-lake.ts';
import { anyEvent } from './messy-order-events.ts';
import { readEvent } from './oracle/event.ts';
import { DEFAULT_STATUSES, examine, type Order } from './oracle/order.ts';
import type { Values } from './oracle/text.ts';

/** Logs of shards, cut into entries and epochs at random, with outcomes that could be theirs. */

export interface DraftEntry {
  readonly shard: number;
  /** Records of a redrive come after their turn; those of the shard beside may come here, too. */
  readonly kind: 'records' | 'redrive' | 'redrive_of_other';
  readonly records: readonly { readonly event: Uint8Array; readonly isDuplicate: boolean }[];
}

export interface DraftEpoch {
  readonly entries: readonly DraftEntry[];
  /** How far the watermark moves on; null: it stays, or there is none yet. */
  readonly watermarkStepMs: number | null;
}

const draftRecord = fc.record({
  event: anyEvent,
  isDuplicate: fc.oneof(fc.constant(false), fc.constant(false), fc.boolean()),
});

const draftEntry: fc.Arbitrary<DraftEntry> = fc.record({
  shard: fc.nat(2),
  kind: fc.constantFrom('records', 'records', 'records', 'redrive', 'redrive_of_other'),
  records: fc.array(draftRecord, { maxLength: 9 }),
});

export const draftEpochs: fc.Arbitrary<readonly DraftEpoch[]> = fc.array(
  fc.record({
    entries: fc.array(draftEntry, { maxLength: 6 }),
    watermarkStepMs: fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 3_600_000 })),
  }),
  { minLength: 1, maxLength: 5 },
);

/** What the oracle knows of a record that was put into a log. */
export interface LoggedRecord {
  readonly epoch: number;
  readonly source: string;
  readonly record: TestRecord;
  readonly issues: readonly string[];
  readonly values: Values | null;
  readonly order: Order | null;
}

const SHARDS = ['shardId-000000000000', 'shardId-000000000001', 'shardId-000000000002'];
const FIRST_WATERMARK_MS = Date.UTC(2026, 0, 5, 9, 55);

/** Sequence numbers whose digits become more: as text they are in another order. */
function sequenceNumberOf(count: number): string {
  return String(98n * 10n ** 30n + BigInt(count) * 10n ** 29n);
}

/** Puts the drafts into the logs of a lake, epoch by epoch, and says what is in them. */
export class EpochLog {
  readonly logged: LoggedRecord[] = [];
  readonly #epochs: EpochLake;
  #sequenceCount = 0;
  #epoch = 0;
  #watermarkMs: number | null = null;

  constructor(epochs: EpochLake) {
    this.#epochs = epochs;
    for (const shard of SHARDS) epochs.addShard(shard);
  }

  /** Appends the entries of an epoch, and returns its watermark. */
  async append({ entries, watermarkStepMs }: DraftEpoch): Promise<number | null> {
    this.#epoch += 1;
    for (const entry of entries) await this.#appendEntry(entry);
    if (watermarkStepMs !== null) {
      this.#watermarkMs = (this.#watermarkMs ?? FIRST_WATERMARK_MS) + watermarkStepMs;
    }
    return this.#watermarkMs;
  }

  async #appendEntry({ shard, kind, records }: DraftEntry): Promise<void> {
    const sourceShard = kind === 'redrive_of_other' ? (shard + 1) % SHARDS.length : shard;
    const first = this.#sequenceCount;
    this.#sequenceCount += records.length * 2;
    const logged = records.map(({ event, isDuplicate }, index): LoggedRecord => {
      // Numbers of a redrive are below those that came before it.
      const count = kind === 'records' ? first + index * 2 : first - 199 + index * 2;
      const sequenceNumber = sequenceNumberOf(count);
      const source = `orders/${SHARDS[sourceShard]}`;
      const read = readEvent(event);
      const examined =
        read.issue === null
          ? examine(read.values, DEFAULT_STATUSES)
          : { issues: [read.issue], order: null };
      const record = { sequenceNumber, data: event, ...this.#outcome(examined.order, isDuplicate) };
      return { epoch: this.#epoch, source, record, values: read.values, ...examined };
    });
    this.logged.push(...logged);
    await this.#epochs.append(
      SHARDS[shard],
      logged.map(({ record }) => record),
      kind === 'records' ? null : SHARDS[sourceShard],
    );
  }

  /** A record of a window that is final is late, any other one what the draft says. */
  #outcome(order: Order | null, isDuplicate: boolean): Pick<TestRecord, 'outcome' | 'watermarkMs'> {
    if (order === null) return { outcome: 'quarantined' };
    const windowEndMs = Math.floor(order.eventTimeMs / 600_000) * 600_000 + 600_000;
    if (this.#watermarkMs !== null && windowEndMs <= this.#watermarkMs) {
      return { outcome: 'late', watermarkMs: this.#watermarkMs };
    }
    if (isDuplicate) return { outcome: 'duplicate' };
    return { outcome: order.status === 'cancelled' ? 'cancelled' : 'active' };
  }
}

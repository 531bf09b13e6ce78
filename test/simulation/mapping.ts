import type { StreamRecord } from '../../lambdas/shared/ports/event-stream.ts';
import type { ConsumeAnswer } from '../../lambdas/stream/consume/consume-step.ts';
import { type Ending, type Environment, type EnvironmentPool, isSealed } from './environments.ts';
import { putMessage } from './messages.ts';
import { expectThat } from './violation.ts';
import type { ShardHistory, World } from './world.ts';

const BACKOFF_MS = 2_000;
const MINUTE_MS = 60_000;
/** A sealed shard refuses its records for ever: a mapping with a retry limit ends that. */
const SEALED_TRIES = 3;

/**
 * Lambda's event source mapping for one shard: in order, at least once, the next batch only after
 * the one before; from the lowest sequence number that was reported; parents before children.
 */
export class ShardMapping {
  readonly shardId: string;
  readonly #world: World;
  readonly #pool: EnvironmentPool;
  readonly #history: ShardHistory;
  readonly #isOver: (shardId: string) => boolean;
  /** Index in the shard's history of what is delivered next. */
  #next: number;
  #isBusy = false;
  #failures = 0;
  #stalledUntilMs = 0;

  constructor(
    world: World,
    pool: EnvironmentPool,
    shardId: string,
    options: { readonly isOver: (shardId: string) => boolean; readonly from: number },
  ) {
    this.#world = world;
    this.#pool = pool;
    this.shardId = shardId;
    this.#history = world.historyOf(shardId);
    this.#isOver = options.isOver;
    this.#next = options.from;
    this.#later(world.randoms.actors.below(world.settings.mappingPollMs));
  }

  /** Closed and delivered to its end, or gone. */
  get isOver(): boolean {
    const { isClosed, isGone, records } = this.#history;
    return !this.#isBusy && (isGone || (isClosed && this.#next >= records.length));
  }

  /** Nothing is left to deliver at the moment. */
  get isIdle(): boolean {
    return !this.#isBusy && (this.#next >= this.#history.records.length || this.#history.isGone);
  }

  #later(durationMs: number): void {
    this.#world.scheduler.after(Math.max(1, durationMs), () => this.#poll());
  }

  #poll(): void {
    const { settings, scheduler, faults, randoms } = this.#world;
    if (this.isOver) return;
    const isStalled = scheduler.now() < this.#stalledUntilMs && !faults.isStopped;
    if (this.#isBusy || isStalled || !this.#areParentsOver()) {
      this.#later(settings.mappingPollMs);
      return;
    }
    this.#passOver();
    if (faults.strikes('stalled_mapping')) {
      this.#stalledUntilMs = scheduler.now() + randoms.actors.between(1, 120) * MINUTE_MS;
    }
    const batch = this.#batch();
    if (batch.length === 0) this.#later(settings.mappingPollMs);
    else this.#deliver(batch);
  }

  #areParentsOver(): boolean {
    return this.#history.shard.parentShardIds.every((parentId) => this.#isOver(parentId));
  }

  /** What has left the stream cannot be delivered; some records are passed over. */
  #passOver(): void {
    const { faults, randoms } = this.#world;
    this.#next = Math.max(this.#next, this.#history.trimmedCount);
    if (this.isIdle || !faults.strikes('pass_over')) return;
    const left = this.#history.records.length - this.#next;
    this.#next += randoms.actors.between(1, Math.min(left, 5));
  }

  #batch(): readonly StreamRecord[] {
    const { randoms, settings } = this.#world;
    const size = randoms.actors.between(1, settings.batchSizeMax);
    return this.#history.records.slice(this.#next, this.#next + size);
  }

  #deliver(batch: readonly StreamRecord[]): void {
    this.#isBusy = true;
    const environment = this.#pool.take();
    const { name } = environment.process;
    const [{ sequenceNumber: first }] = batch;
    const { scheduler, settings } = this.#world;
    scheduler.note(
      `mapping ${this.shardId.slice(-4)} delivers ${batch.length} from ${first.slice(-16)} to ${name}`,
    );
    let isOpen = true;
    const close = (ending: Ending<ConsumeAnswer>) => {
      if (ending.status === 'answered') this.#pool.giveBack(environment);
      if (!isOpen) return;
      isOpen = false;
      this.#isBusy = false;
      this.#take(batch, ending, environment);
    };
    environment.invoke(this.shardId, batch, close);
    // The environment may hang, and go on later: it does not come back into the pool then.
    scheduler.after(settings.timeoutMs, () => {
      if (isOpen) scheduler.note(`mapping ${this.shardId.slice(-4)} gives ${name} up`);
      if (isOpen) close({ status: 'died' });
    });
  }

  #take(
    batch: readonly StreamRecord[],
    ending: Ending<ConsumeAnswer>,
    { process }: Environment,
  ): void {
    const { faults, randoms, settings } = this.#world;
    const failures = ending.status === 'answered' ? ending.value.batchItemFailures : null;
    if (failures?.length === 0) {
      this.#failures = 0;
      this.#next += batch.length;
      if (faults.strikes('redelivery')) {
        this.#next = Math.max(0, this.#next - randoms.actors.between(1, 2 * settings.batchSizeMax));
      }
      this.#later(1);
      return;
    }
    this.#failures += 1;
    const reported = failures?.[0].itemIdentifier ?? batch[0].sequenceNumber;
    const index = batch.findIndex(({ sequenceNumber }) => sequenceNumber === reported);
    expectThat(index >= 0, 'report', () => `${process.name} reports ${reported}`);
    this.#next += index;
    const rest = batch.slice(index);
    const isRefused = ending.status === 'failed' && isSealed(ending.error);
    const isSealedShard = isRefused && this.#failures >= SEALED_TRIES;
    if (faults.strikes('give_up') || isSealedShard) {
      putMessage(this.#world, this.shardId, rest);
      this.#next += rest.length;
      // It took long to get here.
      if (faults.strikes('trim')) this.#world.trimThrough(this.shardId, this.#next - 1);
      this.#failures = 0;
    }
    this.#later(BACKOFF_MS * 2 ** Math.min(this.#failures, 5));
  }
}

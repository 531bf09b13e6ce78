import { ownRules } from '../../lambdas/shared/ingest/record-rules.ts';
import { DEFAULT_CONFIG } from '../../lambdas/shared/model/config.ts';
import type { StreamContext } from '../../lambdas/shared/state/stream-context.ts';
import type { ConsumeMemory } from '../../lambdas/stream/consume/append-records.ts';
import { createConsumeMemory } from '../../lambdas/stream/consume/consume-orders.ts';
import {
  createPublishMemory,
  type PublishMemory,
} from '../../lambdas/stream/publish/shard/publish-memory.ts';

type ConsumeParts = Pick<ConsumeMemory, 'parser' | 'columns'>;

/** What worlds that are over leave for the next: taking new memory is what takes time. */
const spareConsume: ConsumeParts[] = [];
const sparePublish: PublishMemory[] = [];

/**
 * Memory for the processes of one world. What a process took that hangs stays its own until the
 * world is over: it may go on at any time.
 */
export class MemoryPool {
  readonly #consume = new Set<ConsumeParts>();
  readonly #publish = new Set<PublishMemory>();

  takeConsume(context: StreamContext): ConsumeMemory {
    const memory = createConsumeMemory(context, spareConsume.pop());
    this.#consume.add(memory);
    return memory;
  }

  giveConsume(memory: ConsumeMemory): void {
    if (this.#consume.delete(memory)) spareConsume.push(memory);
  }

  takePublish(rowGroupRows: number): PublishMemory {
    const rules = ownRules(DEFAULT_CONFIG.rules.statuses);
    const memory = sparePublish.pop() ?? createPublishMemory(rules, rowGroupRows);
    this.#publish.add(memory);
    return memory;
  }

  givePublish(memory: PublishMemory): void {
    if (this.#publish.delete(memory)) sparePublish.push(memory);
  }

  /** Nothing of the world goes on any more. */
  giveAll(): void {
    spareConsume.push(...this.#consume);
    sparePublish.push(...this.#publish);
    this.#consume.clear();
    this.#publish.clear();
  }
}

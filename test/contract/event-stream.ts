import { describe } from 'vitest';
import type { ReshardableStream } from '../../lambdas/shared/ports/event-stream.ts';
import type { StreamFacts } from './stream-facts.ts';
import { limitFacts, putFacts } from './stream-put-facts.ts';
import { readFacts } from './stream-read-facts.ts';
import { reshardFacts } from './stream-reshard-facts.ts';
import { type Exceptions, testFacts } from './test-facts.ts';

export interface OpenedStream {
  readonly stream: ReshardableStream;
  close(): Promise<void>;
}

/**
 * What every stream of events promises (`ports/event-stream.ts`), for each adapter. `open` gives a
 * new stream of `shardCount` shards.
 */
export function describeEventStream(
  name: string,
  open: (shardCount: number) => Promise<OpenedStream>,
  exceptions: Exceptions = {},
): void {
  describe(`${name} keeps the promises of a stream of events`, () => {
    const all: StreamFacts = {
      ...putFacts,
      ...limitFacts,
      ...readFacts,
      ...reshardFacts,
    };
    testFacts(all, exceptions, async ({ shardCount, check }) => {
      const { stream, close } = await open(shardCount);
      try {
        await check(stream);
      } finally {
        await close();
      }
    });
  });
}

import { describe } from 'vitest';
import type { ReshardableStream } from '../../lambdas/shared/ports/event-stream.ts';
import { type Exceptions, testPromises } from './promises.ts';
import type { StreamPromises } from './stream-promises.ts';
import { limitPromises, putPromises } from './stream-put-promises.ts';
import { readPromises } from './stream-read-promises.ts';
import { reshardPromises } from './stream-reshard-promises.ts';

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
    const all: StreamPromises = {
      ...putPromises,
      ...limitPromises,
      ...readPromises,
      ...reshardPromises,
    };
    testPromises(all, exceptions, async ({ shardCount, check }) => {
      const { stream, close } = await open(shardCount);
      try {
        await check(stream);
      } finally {
        await close();
      }
    });
  });
}

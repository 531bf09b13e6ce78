import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventStream, StreamRecord } from '../../../lambdas/shared/ports/event-stream.ts';
import type { StreamContext } from '../../../lambdas/shared/state/stream-context.ts';

/**
 * The same consumer, whose work ends with the signal's reason at the next look at the stream. No
 * step of the protocol minds: each may stop at any moment. `onRead` hears of records that are read.
 */
export function interruptible(
  context: StreamContext,
  signal: AbortSignal,
  onRead: (records: readonly StreamRecord[]) => void,
): StreamContext {
  const { stream } = context;
  const pause = async () => {
    // Adapters of one machine may never wait, and then no signal would be heard.
    await nextTurn();
    signal.throwIfAborted();
  };
  const watched: EventStream = {
    name: stream.name,
    identity: () => stream.identity(),
    put: (records) => stream.put(records),
    async listShards() {
      await pause();
      return await stream.listShards();
    },
    async read(shardId, position, limit) {
      await pause();
      const result = await stream.read(shardId, position, limit);
      if (limit > 1) onRead(result.records);
      return result;
    },
    async now() {
      await pause();
      return await stream.now();
    },
  };
  return { ...context, stream: watched };
}

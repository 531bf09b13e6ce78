import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventStream, StreamRecord } from '../../../lambdas/shared/ports/event-stream.ts';
import type { StreamContext } from '../../../lambdas/shared/state/stream-context.ts';

/**
 * A context whose next listing, read or clock call of the stream throws the signal's reason once
 * that has come. Every step of the protocol may stop at any moment. `onRead` receives the records
 * read.
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

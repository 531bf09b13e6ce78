import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalEventStream } from '../../lambdas/shared/adapters/local/local-event-stream.ts';
import { SystemClock } from '../../lambdas/shared/runtime/clock.ts';
import { MemoryEventStream } from '../support/memory/memory-event-stream.ts';
import { describeEventStream } from './event-stream.ts';

const clock = new SystemClock();

describeEventStream('MemoryEventStream', async (shardCount) => ({
  stream: new MemoryEventStream({ name: 'orders', shardCount, clock }),
  close: async () => {},
}));

describeEventStream('LocalEventStream', async (shardCount) => {
  const dir = mkdtempSync(join(tmpdir(), 'tandem-stream-'));
  const stream = await LocalEventStream.open({ dir, name: 'orders', shardCount, clock });
  return {
    stream,
    close: async () => {
      stream.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
});

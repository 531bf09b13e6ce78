import { RetryableError } from '../../lambdas/shared/model/errors.ts';
import type {
  EventStream,
  ReadPosition,
  ReadResult,
} from '../../lambdas/shared/ports/event-stream.ts';
import type { SimProcess } from './sim-process.ts';
import type { World } from './world.ts';

/** The stream as a process sees it: every call waits for its turn. */
export function gatedStream(world: World, process: SimProcess): EventStream {
  const { stream } = world;
  return {
    name: stream.name,
    identity: () => process.ask('stream identity', () => stream.identity()),
    listShards: () => process.ask('stream listShards', () => stream.listShards()),
    now: () => process.ask('stream now', () => stream.now()),
    put: (records) => stream.put(records),
    read: (shardId, position, limit) => {
      const at = position.kind === 'after' ? position.sequenceNumber.slice(-16) : position.kind;
      const label = `stream read ${shardId.slice(-4)} ${at} ${limit}`;
      return process.ask(label, () => read(world, process, { shardId, position, limit }));
    },
  };
}

/** How far behind an empty answer says that it is. */
const BEHIND_MS = 1_000;

async function read(
  world: World,
  process: SimProcess,
  { shardId, position, limit }: { shardId: string; position: ReadPosition; limit: number },
): Promise<ReadResult> {
  if (world.faults.strikes('throttle')) throw new RetryableError('GetRecords was throttled');
  const isShort = world.faults.strikes('behind_read');
  const result = await world.stream.read(shardId, position, isShort ? 1 : limit);
  if (world.canary.isReadEmpty?.(process, limit)) {
    return { ...result, records: [], millisBehindLatest: 0, mayHaveLost: false };
  }
  // Kinesis answers empty while it goes through a part of the shard without records.
  if (!isShort || result.next === null || world.faults.random.chance(0.5)) return result;
  return { ...result, records: [], millisBehindLatest: BEHIND_MS, next: position };
}

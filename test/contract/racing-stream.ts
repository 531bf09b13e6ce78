import { writeSync } from 'node:fs';
import { LocalEventStream } from '../../lambdas/shared/adapters/local/local-event-stream.ts';
import { SystemClock } from '../../lambdas/shared/runtime/clock.ts';
import { record } from './stream-facts.ts';

/**
 * One of several processes that use the stream of a folder: creates it with two shards, or opens
 * it, prints its identity, and puts N requests of 20 records. Each record is printed as
 * `<shard> <number> <key>` once it is answered, before the next request.
 */
const [dir, times] = process.argv.slice(2);
const RECORDS_PER_PUT = 20;
const clock = new SystemClock();
const stream = await LocalEventStream.open({ dir, name: 'race', shardCount: 2, clock });
writeSync(1, `${await stream.identity()}\n`);

for (let request = 0; request < Number(times); request++) {
  const records = Array.from({ length: RECORDS_PER_PUT }, (_, i) =>
    record(`${process.pid}.${request}.${i}`, 'x'.repeat((request * 37) % 3_000)),
  );
  const results = await stream.put(records);
  const lines = results.map((result, i) =>
    result.status === 'stored'
      ? `${result.shardId} ${result.sequenceNumber} ${records[i].partitionKey}\n`
      : `${result.message}\n`,
  );
  writeSync(1, lines.join(''));
}
stream.close();

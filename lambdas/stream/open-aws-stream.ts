import { bucketStore, kinesisStream, tableStore } from '../shared/adapters/aws/function-ports.ts';
import { SystemClock } from '../shared/runtime/clock.ts';
import { functionSettings } from '../shared/runtime/function-settings.ts';
import { metrics } from '../shared/runtime/lambda-handler.ts';
import { SystemRandomness } from '../shared/runtime/randomness.ts';
import { DEFAULT_CONSUMER } from '../shared/state/lake-keys.ts';
import { openStreamContext, type StreamContext } from '../shared/state/stream-context.ts';

/** The stream door in a function of Lambda. `start`: where a new consumer begins, in ISO 8601. */
export async function openAwsStream(
  consumer = DEFAULT_CONSUMER,
  start: string | null = null,
): Promise<StreamContext> {
  const { config, codeVersion } = functionSettings();
  const clock = new SystemClock();
  const randomness = new SystemRandomness();
  const ports = {
    state: tableStore(),
    lake: bucketStore('LAKE_BUCKET', { clock, randomness }),
    landing: bucketStore('LANDING_BUCKET', { clock, randomness }),
    stream: kinesisStream(config.stream.name, clock),
    clock,
    randomness,
    metrics,
  };
  return await openStreamContext(ports, {
    consumer,
    codeVersion,
    config,
    ...(start === null ? {} : { start }),
  });
}

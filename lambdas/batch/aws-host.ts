import { bucketStore, variable } from '../shared/adapters/aws/function-ports.ts';
import { SystemClock } from '../shared/runtime/clock.ts';
import { functionSettings } from '../shared/runtime/function-settings.ts';
import { SystemRandomness } from '../shared/runtime/randomness.ts';
import type { BatchHost } from './batch-host.ts';
import type { StepLimits } from './plan-run/plan-steps.ts';

/** Share of a function's memory that holds blocks on their way into the exchange. */
const HELD_SHARE = 0.15;

/** The batch door in a function of Lambda. */
export function awsBatchHost(): {
  readonly host: BatchHost;
  readonly limits: StepLimits;
  readonly maxHeldBytes: number;
} {
  const { config, codeVersion, memoryBytes, timeLimitMs } = functionSettings();
  const ports = { clock: new SystemClock(), randomness: new SystemRandomness() };
  const host = {
    landing: bucketStore('LANDING_BUCKET', ports),
    lake: bucketStore('LAKE_BUCKET', ports),
    clock: ports.clock,
    config,
    codeVersion,
    landingName: `s3://${variable('LANDING_BUCKET')}`,
  };
  const limits = { functionMemoryBytes: memoryBytes, timeLimitMs };
  return { host, limits, maxHeldBytes: memoryBytes * HELD_SHARE };
}

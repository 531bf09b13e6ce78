import { bucketStore, variable } from '../../shared/adapters/aws/function-ports.ts';
import { SystemClock } from '../../shared/runtime/clock.ts';
import { functionSettings } from '../../shared/runtime/function-settings.ts';
import { SystemRandomness } from '../../shared/runtime/randomness.ts';
import type { BatchHost } from './batch-host.ts';
import type { StepLimits } from './step-limits.ts';

/**
 * Builds the batch door's ports and settings for a Lambda function. Throws `TerminalError`
 * `variable_missing` or `settings_missing`.
 */
export function awsBatchHost(): {
  readonly host: BatchHost;
  readonly limits: StepLimits;
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
  return { host, limits };
}

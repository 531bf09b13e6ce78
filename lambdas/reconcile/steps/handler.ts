import { AwsComparisonLauncher } from '../../shared/adapters/aws/comparison-launcher.ts';
import { bucketStore, variable } from '../../shared/adapters/aws/function-ports.ts';
import { SystemClock } from '../../shared/runtime/clock.ts';
import { functionSettings } from '../../shared/runtime/function-settings.ts';
import { lambdaHandler, metrics } from '../../shared/runtime/lambda-handler.ts';
import { SystemRandomness } from '../../shared/runtime/randomness.ts';
import { reconcileStep } from './reconcile-step.ts';
import { type ShareEvent, shareStep } from './shared-step.ts';

/**
 * Time before the function's limit at which to stop, so that spilled objects are removed and the
 * log says why.
 */
const RESERVED_MS = 30_000;

/** Rules call it by name, at any rate; a call without a name always gets a comparison. */
type ReconcileEvent = { readonly tandem?: string } | ShareEvent | null;

export const handler = lambdaHandler(() => {
  const ports = { clock: new SystemClock(), randomness: new SystemRandomness() };
  const { config, memoryBytes, codeVersion } = functionSettings();
  const lake = bucketStore('LAKE_BUCKET', ports);
  const host = { ...ports, lake, config, memoryBytes, codeVersion };
  const launcher = new AwsComparisonLauncher(variable('STATE_MACHINE_ARN'));
  return async (event: ReconcileEvent, { getRemainingTimeInMillis }) => {
    const signal = AbortSignal.timeout(Math.max(1, getRemainingTimeInMillis() - RESERVED_MS));
    const result =
      event !== null && 'stage' in event
        ? await shareStep(host, event, signal)
        : await reconcileStep(host, { onlyNew: event?.tandem === 'reconcile', signal, launcher });
    if (result !== null && 'unexplained' in result) {
      metrics.gauge('UnexplainedDifferences', result.unexplained);
    }
    return result;
  };
});

import { bucketStore } from '../../shared/adapters/aws/function-ports.ts';
import { SystemClock } from '../../shared/runtime/clock.ts';
import { functionSettings } from '../../shared/runtime/function-settings.ts';
import { lambdaHandler, metrics } from '../../shared/runtime/lambda-handler.ts';
import { SystemRandomness } from '../../shared/runtime/randomness.ts';
import { reconcileStep } from './reconcile-step.ts';

/** Before the function is ended, so that what it spilled is removed and its log says why. */
const RESERVED_MS = 30_000;

/** Rules call it by name, as often as they like; whoever calls it without is given a comparison. */
interface ReconcileEvent {
  readonly tandem?: string;
}

export const handler = lambdaHandler(() => {
  const ports = { clock: new SystemClock(), randomness: new SystemRandomness() };
  const { config, memoryBytes, codeVersion } = functionSettings();
  const host = {
    ...ports,
    lake: bucketStore('LAKE_BUCKET', ports),
    config,
    memoryBytes,
    codeVersion,
  };
  return async (event: ReconcileEvent, { getRemainingTimeInMillis }) => {
    const signal = AbortSignal.timeout(Math.max(1, getRemainingTimeInMillis() - RESERVED_MS));
    const onlyNew = event?.tandem === 'reconcile';
    const result = await reconcileStep(host, { onlyNew, signal });
    if (result.status !== 'nothing_published') {
      metrics.gauge('UnexplainedDifferences', result.unexplained);
    }
    return result;
  };
});

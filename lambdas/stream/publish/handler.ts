import { bucketStore } from '../../shared/adapters/aws/function-ports.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { lambdaHandler, metrics } from '../../shared/runtime/lambda-handler.ts';
import { untilAllEnd } from '../../shared/runtime/parallel.ts';
import type { StreamContext } from '../../shared/state/stream-context.ts';
import { countMessages } from '../consume/count-messages.ts';
import { lookAtTip, type StreamUnread, tellUnread } from '../shards/look-at-tip.ts';
import { fannedWriter, openOnce } from './aws-writers.ts';
import { type PublishStepResult, publishStep } from './publish-step.ts';

export const handler = lambdaHandler(() => {
  const open = openOnce();
  return async (_event: unknown, { getRemainingTimeInMillis }) => {
    const { context, inline } = await open();
    const writer = fannedWriter(context, inline);
    const failures = bucketStore('FAILURES_BUCKET', context);
    // What waits in the stream and in the failures bucket is told although publishing fails.
    const [published, unread, givenUpBatches] = await untilAllEnd(
      publish(context, writer, () => getRemainingTimeInMillis()),
      look(context),
      countGivenUp(failures),
    );
    return { ...published, unread, givenUpBatches };
  };
});

async function publish(...args: Parameters<typeof publishStep>): Promise<PublishStepResult> {
  const result = await publishStep(...args);
  tell(result);
  return result;
}

async function look(context: StreamContext): Promise<StreamUnread> {
  const unread = await lookAtTip(context);
  tellUnread(unread, metrics.gauge);
  return unread;
}

async function countGivenUp(failures: ObjectStore): Promise<number> {
  const count = await countMessages(failures);
  metrics.gauge('GivenUpBatches', count);
  return count;
}

function tell(result: PublishStepResult): void {
  const { status, epochs, read, quarantined, warnings, watermarkLagSec } = result;
  if (status === 'published' || status === 'nothing_new') metrics.gauge('Publications', 1);
  if (watermarkLagSec !== null) metrics.gauge('WatermarkLag', watermarkLagSec);
  if (epochs.length === 0) return;
  metrics.gauge('EpochsPublished', epochs.length);
  metrics.gauge('RecordsRead', read);
  metrics.gauge('RecordsQuarantined', quarantined);
  for (const { code, count } of warnings) metrics.gauge(`Warning_${code}`, count);
}

import { TerminalError } from '../../../shared/model/errors.ts';
import { lambdaHandler } from '../../../shared/runtime/lambda-handler.ts';
import { DEFAULT_CONSUMER } from '../../../shared/state/lake-keys.ts';
import { openConsumers } from '../../publish/aws-writers.ts';
import { publishStep } from '../../publish/publish-step.ts';
import { type DrainStepEvent, drainStep } from '../drain/drain-step.ts';
import { type ReplayStepEvent, replayStep } from './replay-step.ts';

/** Without `action`, a step of the state machine; the command line calls the others. */
type ConsumerEvent =
  | (ReplayStepEvent & { readonly action?: undefined })
  | { readonly action: 'publish'; readonly consumer: string }
  | ({ readonly action: 'drain'; readonly consumer: string } & DrainStepEvent);

/** Everything done for consumers other than the default one, which other functions serve. */
export const handler = lambdaHandler(() => {
  const open = openConsumers();
  return async (event: ConsumerEvent, { getRemainingTimeInMillis }) => {
    const { consumer } = event;
    if (consumer === DEFAULT_CONSUMER) {
      const message = 'consumer is default; replay fills a new consumer, so choose another name';
      throw new TerminalError('consumer_reserved', message);
    }
    const since = event.action === undefined ? event.since : null;
    const { context, inline } = await open(consumer, since);
    const remainingMs = () => getRemainingTimeInMillis();
    switch (event.action) {
      case 'publish':
        return await publishStep(context, inline, remainingMs);
      case 'drain':
        return await drainStep(context, inline, event);
      default:
        return await replayStep(context, inline, event, remainingMs);
    }
  };
});

import type { EpochMs } from '../../shared/model/time.ts';
import type { StarterEvent } from './decide-start.ts';

/** An event of EventBridge, as far as it is read here. */
interface BusEvent {
  readonly 'detail-type'?: string;
  readonly time?: string;
  readonly detail?: {
    readonly object?: { readonly key?: string; readonly 'version-id'?: string };
    readonly reason?: string;
    readonly 'deletion-type'?: string;
    readonly name?: string;
    readonly status?: string;
  };
}

/** What the project itself sends. */
interface OwnEvent {
  readonly tandem?: 'ended' | 'request' | 'tick';
  readonly runId?: string;
  /** For a request: a run over the raw archive of this consumer. */
  readonly fromRaw?: { readonly consumer: string };
}

interface QueueEvent {
  readonly Records?: readonly { readonly body: string }[];
}

/**
 * Reads what invoked the starter: messages of its queue (notifications of the store and the state
 * machine, and its own wake-up calls), a schedule, or the state machine's last step. Anything else
 * counts as time passing.
 */
export function starterEvents(event: unknown): StarterEvent[] {
  const { Records: records } = event as QueueEvent;
  if (records === undefined) return [starterEvent(event as BusEvent & OwnEvent)];
  return records.map(({ body }) => starterEvent(parsed(body)));
}

function parsed(body: string): BusEvent & OwnEvent {
  try {
    return JSON.parse(body) as BusEvent & OwnEvent;
  } catch {
    return {}; // Nothing of ours; a message that cannot be read must not stop the others.
  }
}

function starterEvent(event: BusEvent & OwnEvent): StarterEvent {
  if (event.tandem === 'request') {
    const { fromRaw } = event;
    return fromRaw === undefined ? { kind: 'request' } : { kind: 'request', fromRaw };
  }
  if (event.tandem === 'ended') return { kind: 'ended', runId: event.runId ?? '' };
  const { detail, time } = event;
  switch (event['detail-type']) {
    case 'Object Created':
      return { kind: 'upload', atMs: timeOf(time) };
    case 'Object Deleted':
      if (isOldVersion(detail)) return { kind: 'tick' };
      return { kind: 'upload', atMs: timeOf(time) };
    case 'Step Functions Execution Status Change':
      return detail?.status === 'RUNNING'
        ? { kind: 'tick' }
        : { kind: 'ended', runId: detail?.name ?? '' };
    default:
      return { kind: 'tick' };
  }
}

/** A life-cycle rule removed a version that was not current any more: no object is another one. */
function isOldVersion(detail: BusEvent['detail']): boolean {
  const isForGood = detail?.['deletion-type'] === 'Permanently Deleted';
  const hasVersion = detail?.object?.['version-id'] !== undefined;
  return isForGood && hasVersion && detail?.reason === 'Lifecycle Expiration';
}

/** An unreadable time counts as now: no time is ever taken as later than that. */
function timeOf(text: string | undefined): EpochMs {
  const timeMs = Date.parse(text ?? '');
  return (Number.isNaN(timeMs) ? Number.POSITIVE_INFINITY : timeMs) as EpochMs;
}

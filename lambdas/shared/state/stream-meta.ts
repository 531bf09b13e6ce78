import { canonicalJson } from '../model/canonical-json.ts';
import type { Config } from '../model/config.ts';
import { TerminalError } from '../model/errors.ts';
import type { Status } from '../model/order.ts';
import type { Attributes, StateStore } from '../ports/state-store.ts';
import type { StreamTimes } from '../rules/lateness.ts';
import type { StateKeys } from './state-keys.ts';

/** Changes when old code can no longer read the log; code never reads a newer format. */
const LOG_FORMAT = 1;

/** Changes when the rules of contract §2 or §4 do: then outcomes of one log would be mixed. */
const RULES_VERSION = 1;

/**
 * What a consumer of a stream began with (stream protocol §1). A process that would do otherwise
 * refuses to start: another stream under an old name would be skipped as already processed.
 */
export interface StreamMeta {
  readonly streamIdentity: string;
  readonly windowMs: number;
  readonly watermarkDelayMs: number;
  readonly dedupeHorizonMs: number;
  readonly maxAheadMs: number;
  readonly statuses: Readonly<Record<string, Status>>;
  readonly rulesVersion: number;
  readonly logFormat: number;
  /** Where new shards are read from: `start`, or an instant in ISO 8601. */
  readonly start: string;
}

/** The config's lengths of time that decide outcomes, in ms (contract §4). */
export function timesOfConfig({ windows, stream }: Config): StreamTimes {
  return {
    windowLengthMs: windows.lengthMs,
    watermarkDelayMs: stream.watermarkDelayMs,
    dedupeHorizonMs: stream.dedupeHorizonMs,
    maxAheadMs: stream.maxAheadMs,
  };
}

/** The META that a consumer with this config and stream would begin with (stream protocol §1). */
export function metaOfConfig(config: Config, streamIdentity: string, start: string): StreamMeta {
  const { windowLengthMs, ...times } = timesOfConfig(config);
  return {
    streamIdentity,
    windowMs: windowLengthMs,
    ...times,
    statuses: config.rules.statuses,
    rulesVersion: RULES_VERSION,
    logFormat: LOG_FORMAT,
    start,
  };
}

/**
 * Writes META if there is none, otherwise compares it: throws `TerminalError` `stream_differs`,
 * naming what differs, or `log_format_newer`. Returns the stored META; the first one's `start`
 * holds.
 */
export async function ensureMeta(
  state: StateStore,
  keys: StateKeys,
  wanted: StreamMeta,
  token: string,
): Promise<StreamMeta> {
  let stored = await state.get(keys.meta);
  if (stored === null) {
    const attributes = { ...wanted } as unknown as Attributes;
    await state.transact([{ kind: 'put', key: keys.meta, attributes, ifAbsent: true }], token);
    stored = await state.get(keys.meta);
  }
  const meta = stored?.attributes as unknown as StreamMeta;
  assertSame(meta, wanted);
  return meta;
}

const CONFIG_KEYS: Readonly<Partial<Record<keyof StreamMeta, string>>> = {
  windowMs: 'windows.length',
  watermarkDelayMs: 'stream.watermarkDelay',
  dedupeHorizonMs: 'stream.dedupeHorizon',
  maxAheadMs: 'stream.maxAhead',
  statuses: 'rules.statuses',
};

function assertSame(stored: StreamMeta, wanted: StreamMeta): void {
  if (stored.logFormat > wanted.logFormat) {
    const message = `the log has format ${stored.logFormat}, this version reads ${LOG_FORMAT}`;
    throw new TerminalError('log_format_newer', `${message}; use a newer version`);
  }
  const list = metaDifferences(stored, wanted);
  if (list.length === 0) return;
  const message = `this consumer began with another config: ${list.join('; ')}; restore the old value, or replay`;
  throw new TerminalError('stream_differs', `${message} under a new --consumer name`);
}

/** Each difference between what a consumer began with and what it is to be now; empty if none. */
export function metaDifferences(stored: StreamMeta, wanted: StreamMeta): string[] {
  return (Object.keys(wanted) as (keyof StreamMeta)[])
    .filter((name) => name !== 'start' && name !== 'logFormat')
    .filter((name) => canonicalJson(stored[name]) !== canonicalJson(wanted[name]))
    .map((name) => {
      const key = CONFIG_KEYS[name] ?? name;
      return `${key} was ${canonicalJson(stored[name])} and is ${canonicalJson(wanted[name])}`;
    });
}

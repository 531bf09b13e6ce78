import { OUTCOMES } from '../../lambdas/shared/rules/outcome.ts';
import type { ShardStatus } from '../../lib/common/shard-status.ts';
import type { StreamStatus, WindowStatus } from '../../lib/common/stream-status.ts';
import { ageText, instantText } from './instant-text.ts';
import { counted, textTable, withCommas } from './text-table.ts';
import { visible } from './visible-text.ts';
import { warningLines } from './warning-lines.ts';

const MAX_LISTED = 10;
const NONE = '–';

const isoOrNull = (timeMs: number | null) =>
  timeMs === null ? null : new Date(timeMs).toISOString();

/** The status of a consumer for `--json` (contract §6). */
export function streamStatusJson(status: StreamStatus): Record<string, unknown> {
  const { manifest, planned, heldBackBy } = status;
  return {
    name: status.stream,
    consumer: status.consumer,
    exists: status.hasStream,
    begun: status.isBegun,
    differences: status.differences,
    epoch: manifest?.epoch ?? null,
    manifest: status.manifestKey,
    created_at: manifest?.created_at ?? null,
    counts: manifest?.counts ?? null,
    issues: manifest?.issues ?? null,
    // An epoch of an earlier version has neither of the two.
    warnings: manifest?.warnings ?? [],
    joins: manifest?.joins ?? null,
    revenue: manifest?.revenue ?? null,
    watermark: manifest?.watermark ?? null,
    planned:
      planned === null
        ? null
        : {
            epoch: planned.epoch,
            age_ms: planned.ageMs,
            code_version: planned.codeVersion,
            is_ours: planned.isOurs,
          },
    shards: status.shards.map(shardJson),
    watermark_held_back_by:
      heldBackBy === null ? null : { shard: heldBackBy.shardId, why: heldBackBy.whyNotIdle },
    gaps: status.gaps.map(({ shardId, version, after }) => ({ shard: shardId, version, after })),
    damage: status.damage,
    other_partition_keys: otherKeysOf(status),
    open_windows: status.openWindows.length,
    end: isoOrNull(status.endMs),
    windows_ahead: status.windowsAhead.map(({ startMs, orders }) => ({
      window_start: isoOrNull(startMs),
      orders,
    })),
  };
}

function shardJson(shard: ShardStatus): Record<string, unknown> {
  return {
    shard: shard.shardId,
    parents: shard.parents,
    children: shard.children,
    state: shard.state,
    why_not_idle: shard.whyNotIdle,
    sealed: shard.state === 'sealed',
    checkpoint: shard.checkpoint,
    last_entry: shard.lastEntry,
    last_arrival: isoOrNull(shard.lastArrivalMs),
    watermark: isoOrNull(shard.watermarkMs),
    unread_records: shard.unreadRecords,
    unread_records_at_least: shard.unreadAtLeast,
    lag_ms: shard.lagMs,
    counts: shard.counts,
    other_partition_keys: shard.otherKeys,
  };
}

function otherKeysOf({ shards }: StreamStatus): number {
  return shards.reduce((sum, { otherKeys }) => sum + otherKeys, 0);
}

/** The status of a consumer for people; `nowMs` is the clock for ages. */
export function streamStatusText(status: StreamStatus, streamDir: string, nowMs: number): string {
  return [
    headText(status, streamDir, nowMs),
    outcomeTable(status),
    shardTable(status.shards),
    warningLines(status.manifest?.warnings ?? []),
    notesText(status),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function headText(status: StreamStatus, streamDir: string, nowMs: number): string {
  const { stream, consumer, hasStream, isBegun, manifest, planned } = status;
  const begin = streamDir.startsWith('Kinesis') ? 'produce FILE --target aws' : 'stream';
  const where = hasStream ? `in ${streamDir}` : `(state only; no stream in ${streamDir})`;
  const lines = [`stream ${stream} ${where}, consumer ${consumer}`];
  if (!isBegun) lines.push(`not consumed yet; run: npx tandem ${begin}`);
  else if (manifest === null) lines.push('no epoch is published yet');
  else {
    const age = ageText(nowMs - Date.parse(manifest.created_at));
    lines.push(`epoch ${manifest.epoch}, ${age} ago: ${status.manifestKey}`);
    const { watermark } = manifest;
    const open = `${counted(status.openWindows.length, 'window')} open`;
    const text = watermark === null ? 'none yet' : instantText(Date.parse(watermark));
    lines.push(`watermark of the stream: ${text}, ${open}`);
    lines.push(`revenue of active orders: ${withCommas(manifest.revenue)}`);
  }
  if (planned !== null) {
    const whose = planned.isOurs !== false ? '' : ` by another version (${planned.codeVersion})`;
    lines.push(`epoch ${planned.epoch} has been planned${whose} for ${ageText(planned.ageMs)}`);
  }
  return lines.map((line) => `${visible(line)}\n`).join('');
}

/** What is published, and what is consumed: the next epoch holds the difference. */
function outcomeTable({ manifest, shards, isBegun }: StreamStatus): string {
  if (!isBegun) return '';
  const names = ['read', ...OUTCOMES] as const;
  const rows = names.map((name) => [
    name,
    withCommas(manifest?.counts[name] ?? 0),
    withCommas(shards.reduce((sum, { counts }) => sum + counts[name], 0)),
  ]);
  return textTable(
    [
      { title: 'outcome' },
      { title: 'published', isNumber: true },
      { title: 'consumed', isNumber: true },
    ],
    rows,
  );
}

function shardTable(shards: readonly ShardStatus[]): string {
  const rows = shards.map((shard) => [
    shard.shardId,
    shard.state,
    shard.watermarkMs === null ? 'none yet' : instantText(shard.watermarkMs),
    unreadText(shard),
    shard.lagMs === null ? '?' : shard.lagMs === 0 ? NONE : ageText(shard.lagMs),
    withCommas(shard.counts.read),
    withCommas(shard.counts.late),
    lastEntryText(shard),
    shard.checkpoint ?? NONE,
  ]);
  return textTable(
    [
      { title: 'shard' },
      { title: 'state' },
      { title: 'watermark' },
      { title: 'unread', isNumber: true },
      { title: 'lag', isNumber: true },
      { title: 'read', isNumber: true },
      { title: 'late', isNumber: true },
      { title: 'last entry' },
      { title: 'checkpoint' },
    ],
    rows,
  );
}

function unreadText({ unreadRecords, unreadAtLeast }: ShardStatus): string {
  if (unreadRecords !== null) return withCommas(unreadRecords);
  return unreadAtLeast === null ? '?' : `≥ ${withCommas(unreadAtLeast)}`;
}

function lastEntryText({ lastEntry }: ShardStatus): string {
  if (lastEntry === null) return NONE;
  return `${withCommas(lastEntry.version)} ${lastEntry.kind ?? ''}`.trimEnd();
}

function notesText(status: StreamStatus): string {
  const { heldBackBy, gaps, differences, windowsAhead, endMs } = status;
  const notes: string[] = [];
  if (heldBackBy !== null) {
    const why = heldBackBy.whyNotIdle ?? 'idle: the next epoch raises it';
    notes.push(`the watermark is held back by ${heldBackBy.shardId} (${why})`);
  }
  const active = status.shards.filter(({ state }) => state === 'active');
  for (const { shardId, whyNotIdle } of active.slice(0, MAX_LISTED)) {
    if (shardId !== heldBackBy?.shardId) notes.push(`${shardId} is not idle: ${whyNotIdle}`);
  }
  if (windowsAhead.length > 0 && endMs !== null) {
    const list = windowsAhead.slice(0, MAX_LISTED).map(windowText).join(', ');
    notes.push(
      `${withCommas(windowsAhead.length)} open windows are later than ${instantText(endMs)}, where ` +
        `drain stops: ${list}; npx tandem drain --all finalises them too`,
    );
  }
  for (const { shardId, version, after } of gaps.slice(0, MAX_LISTED)) {
    const place = after === null ? 'before its end' : `after ${after}`;
    notes.push(`gap: records of ${shardId} expired unread ${place} (entry ${version})`);
  }
  if (gaps.length > MAX_LISTED) notes.push(`and ${gaps.length - MAX_LISTED} more gaps`);
  if (status.damage !== null) notes.push(`not all gaps are known: ${status.damage}`);
  const otherKeys = otherKeysOf(status);
  if (otherKeys > 0) {
    const one = 'record has a partition key that is not its order id';
    const many = 'records have a partition key that is not their order id';
    notes.push(
      `${counted(otherKeys, one, many)}: ` +
        'copies of one order may be in two shards, and both count',
    );
  }
  for (const text of differences) {
    notes.push(`this consumer would refuse to continue, as it began with another config: ${text}`);
  }
  return notes.map((note) => `${visible(note)}\n`).join('');
}

function windowText({ startMs, orders }: WindowStatus): string {
  return `${instantText(startMs)} (${counted(orders, 'order')})`;
}

/** True if there is anything to show: a stream, a begun consumer or an epoch. */
export function hasAnything({ hasStream, isBegun, manifest }: StreamStatus): boolean {
  return hasStream || isBegun || manifest !== null;
}

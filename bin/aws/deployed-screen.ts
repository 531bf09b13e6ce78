import type { Warning } from '../../lambdas/shared/model/warning.ts';
import type { StreamStatus } from '../../lib/common/stream-status.ts';
import type { Publication } from '../lake/lake.ts';
import { ageText, instantText } from '../text/instant-text.ts';
import { counted, textTable, withCommas } from '../text/text-table.ts';
import { visible } from '../text/visible-text.ts';
import { warningLines } from '../text/warning-lines.ts';
import type { DeployedStatus } from './deployed-status.ts';
import { type Trouble, troublesOf } from './troubles.ts';

/** Troubles and warnings that are listed, so that all of it is one screen. */
const MAX_TROUBLES = 6;
const MAX_WARNINGS = 3;
/** Messages may name many files: the first of them say enough. */
const MAX_MESSAGE = 320;
const MORE = 'everything: npx tandem status --target aws --all (or --json)\n';

export interface ScreenParts {
  readonly deployed: DeployedStatus;
  /** The batch run that is current. */
  readonly current: Publication | null;
  readonly stream: StreamStatus;
}

/** The status of a deployment on one screen, most urgent first. */
export function deployedScreen(parts: ScreenParts, nowMs: number): string {
  const { deployed, current, stream } = parts;
  const troubles = troublesOf(deployed, stream, nowMs);
  return [
    verdictText(troubles, parts),
    factsText(parts, nowMs),
    runsTable(deployed, nowMs),
    warningsText([...(current?.manifest.warnings ?? []), ...(stream.manifest?.warnings ?? [])]),
    MORE,
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** The verdict printed by `status`: `trouble` if there is any finding. */
export function verdictOf(troubles: readonly Trouble[]): 'well' | 'trouble' {
  return troubles.length === 0 ? 'well' : 'trouble';
}

function verdictText(troubles: readonly Trouble[], { current, stream }: ScreenParts): string {
  if (troubles.length === 0) {
    const isNew = current === null && stream.manifest === null;
    return isNew ? 'no problems; nothing is published yet\n' : 'no problems\n';
  }
  const count = counted(troubles.length, 'problem');
  const shown = troubles
    .slice(0, MAX_TROUBLES)
    .map(({ what, wayOut }, at) => `${at + 1}. ${line(what)}   do: ${line(wayOut)}`);
  const rest = troubles.length - shown.length;
  return [`${count}\n`, ...shown, rest > 0 ? `and ${rest} more\n` : ''].join('');
}

function line(text: string): string {
  const shown = visible(text);
  return `${shown.length <= MAX_MESSAGE ? shown : `${shown.slice(0, MAX_MESSAGE - 1)}…`}\n`;
}

function factsText({ deployed, current, stream }: ScreenParts, nowMs: number): string {
  const facts = [
    ['batch', batchFact(current, nowMs)],
    ['stream', streamFact(stream, nowMs)],
    ['uploads', uploadsFact(deployed, nowMs)],
    ['unread', unreadFact(stream)],
    ['given up', givenUpFact(deployed)],
    ['alarms', alarmsFact(deployed)],
    ['versions', versionsFact(deployed)],
  ];
  return facts.map(([name, fact]) => `${name.padEnd(10)}${visible(fact)}\n`).join('');
}

function batchFact(current: Publication | null, nowMs: number): string {
  if (current === null) return 'no run is published yet: npx tandem upload PATH --wait';
  const { run_id: runId, created_at: at, counts, revenue } = current.manifest;
  const age = ageText(nowMs - Date.parse(at));
  return `run ${runId}, ${age} ago: ${counted(counts.read, 'record')}, revenue ${withCommas(revenue)}`;
}

function streamFact({ isBegun, manifest, heldBackBy }: StreamStatus, nowMs: number): string {
  if (!isBegun) return 'not consumed yet: npx tandem produce FILE --target aws';
  if (manifest === null) return 'no epoch is published yet';
  const { epoch, created_at: at, counts, revenue, watermark } = manifest;
  const held =
    heldBackBy === null ? '' : `, held back by ${heldBackBy.shardId} (${heldBackBy.whyNotIdle})`;
  const until = watermark === null ? 'none yet' : instantText(Date.parse(watermark));
  return (
    `epoch ${epoch}, ${ageText(nowMs - Date.parse(at))} ago: ${counted(counts.read, 'record')}, ` +
    `revenue ${withCommas(revenue)}, watermark ${until}${held}`
  );
}

function uploadsFact({ waitingSinceMs, isRunPending }: DeployedStatus, nowMs: number): string {
  if (waitingSinceMs !== null) {
    const since = instantText(waitingSinceMs);
    return `waiting for the next run since ${since} (${ageText(nowMs - waitingSinceMs)}); number unknown`;
  }
  return isRunPending ? 'none waiting; a run was requested' : 'none waiting';
}

function unreadFact({ shards }: StreamStatus): string {
  const behind = shards.filter(({ lagMs }) => lagMs !== null && lagMs > 0);
  if (behind.length === 0) return 'no records';
  const records = behind.reduce((sum, shard) => sum + (shard.unreadAtLeast ?? 0), 0);
  const isExact = behind.every(({ unreadRecords }) => unreadRecords !== null);
  const count = `${isExact ? '' : 'at least '}${counted(records, 'record')}`;
  const oldestMs = Math.max(...behind.map(({ lagMs }) => lagMs ?? 0));
  return `${count} in ${behind.length} of ${shards.length} shards, the oldest for ${ageText(oldestMs)}`;
}

function givenUpFact({ givenUpBatches, deadLetters }: DeployedStatus): string {
  return `${withCommas(givenUpBatches)} record batches; dead letters: ${withCommas(deadLetters)}`;
}

function alarmsFact({ alarms }: DeployedStatus): string {
  switch (alarms.status) {
    case 'known':
      return `${alarms.on.length} of ${alarms.deployed} on`;
    case 'absent':
      return 'none: the operations stack is not deployed (emulators have none)';
    case 'unknown':
      return `unknown: ${alarms.why}`;
  }
}

function versionsFact({ versions }: DeployedStatus): string {
  const { functions, commandLine, hasSameConfig } = versions;
  const config = { true: ', same config', false: ', different config', null: '' }[
    `${hasSameConfig}`
  ];
  return `functions ${functions ?? 'unknown'}, this command line ${commandLine}${config}`;
}

function runsTable({ runs }: DeployedStatus, nowMs: number): string {
  if (runs.length === 0) return 'the state machine has not run yet\n';
  const columns = [
    { title: 'last runs' },
    { title: 'status' },
    { title: 'started' },
    { title: 'took', isNumber: true },
    { title: 'why' },
  ];
  return textTable(
    columns,
    runs.map(({ runId, status, startedAtMs, stoppedAtMs, trouble }) => [
      runId,
      status.toLowerCase(),
      instantText(startedAtMs),
      ageText((stoppedAtMs ?? nowMs) - startedAtMs),
      trouble?.code ?? '',
    ]),
  );
}

function warningsText(warnings: readonly Warning[]): string {
  const rest = warnings.length - MAX_WARNINGS;
  const more = rest > 0 ? `and ${rest} more warnings\n` : '';
  return warningLines(warnings.slice(0, MAX_WARNINGS)) + more;
}

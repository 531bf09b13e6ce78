import type { StreamStatus } from '../../lib/common/stream-status.ts';
import { ageText, instantText } from '../text/instant-text.ts';
import { withCommas } from '../text/text-table.ts';
import type { DeployedStatus, Versions } from './deployed-status.ts';

/** What is wrong, and what to do about it. */
export interface Trouble {
  readonly what: string;
  readonly wayOut: string;
}

/** An epoch comes every minute, and reads on until nothing is unread. */
const LONG_UNREAD_MS = 15 * 60_000;

/**
 * The findings of a deployment: first what stops new numbers, then what loses records, then what
 * can wait until daytime.
 */
export function troublesOf(
  deployed: DeployedStatus,
  stream: Pick<StreamStatus, 'shards' | 'gaps' | 'damage' | 'differences'>,
  nowMs: number,
): Trouble[] {
  return [
    ...runTroubles(deployed),
    ...waitTroubles(deployed, nowMs),
    ...streamTroubles(stream),
    ...lossTroubles(deployed),
    ...alarmTroubles(deployed, nowMs),
    ...versionTroubles(deployed.versions),
    ...deployed.findings.map((what) => ({ what, wayOut: 'see docs/deploying.md' })),
  ];
}

function runTroubles({ runs }: DeployedStatus): Trouble[] {
  const last = runs.find(({ status }) => status !== 'RUNNING');
  if (last === undefined || last.trouble === null) return [];
  const { runId, status, trouble } = last;
  const verb = { TIMED_OUT: 'timed out', ABORTED: 'was stopped' }[status] ?? 'failed';
  const isOfState = status === 'TIMED_OUT' || status === 'ABORTED';
  const code = trouble.code === null || isOfState ? '' : `${trouble.code}: `;
  const what = `batch run ${runId} ${verb}, so the tables are those of an earlier run: ${code}${trouble.message}`;
  return [{ what, wayOut: trouble.wayOut }];
}

function waitTroubles(deployed: DeployedStatus, nowMs: number): Trouble[] {
  const { waitingSinceMs, longWaitMs, runs } = deployed;
  const isRunning = runs.some(({ status }) => status === 'RUNNING');
  if (waitingSinceMs === null || isRunning || nowMs - waitingSinceMs < longWaitMs) return [];
  const what = `uploads have waited for a run since ${instantText(waitingSinceMs)}`;
  return [
    {
      what,
      wayOut: 'npx tandem batch --target aws; the log of StartFunction says why no run started',
    },
  ];
}

function streamTroubles({
  shards,
  gaps,
  damage,
  differences,
}: Parameters<typeof troublesOf>[1]): Trouble[] {
  const troubles: Trouble[] = [];
  const lagMs = Math.max(0, ...shards.map((shard) => shard.lagMs ?? 0));
  if (lagMs >= LONG_UNREAD_MS) {
    const what = `the stream holds unread records, the oldest for ${ageText(lagMs)}`;
    const wayOut = 'check the log of the consumer, and that its event source mapping is enabled';
    troubles.push({ what, wayOut });
  }
  if (gaps.length > 0) {
    const what = `records expired before they were read, ${withCommas(gaps.length)} times`;
    troubles.push({ what, wayOut: 'see docs/operations.md, StreamGap; --all lists the gaps' });
  }
  if (damage !== null) troubles.push({ what: damage, wayOut: 'npx tandem verify --target aws' });
  for (const what of differences) {
    troubles.push({
      what: `the config differs from the one the consumer began with: ${what}`,
      wayOut: 'restore the old config, or replay under a new consumer name',
    });
  }
  return troubles;
}

function lossTroubles({ givenUpBatches, deadLetters }: DeployedStatus): Trouble[] {
  const troubles: Trouble[] = [];
  if (givenUpBatches > 0) {
    const what = `Lambda gave up on ${withCommas(givenUpBatches)} record batches`;
    troubles.push({ what, wayOut: 'npx tandem redrive --target aws' });
  }
  if (deadLetters > 0) {
    const what = `${withCommas(deadLetters)} upload notifications are in the dead-letter queue`;
    troubles.push({ what, wayOut: 'see docs/operations.md, NotificationsLost' });
  }
  return troubles;
}

function alarmTroubles({ alarms }: DeployedStatus, nowMs: number): Trouble[] {
  if (alarms.status !== 'known') return [];
  return alarms.on.map(({ name, sinceMs, text }) => {
    const since = sinceMs === null ? '' : ` for ${ageText(nowMs - sinceMs)}`;
    const chapter = name.slice(name.lastIndexOf('-') + 1);
    return {
      what: `alarm ${name} is on${since}: ${firstSentence(text)}`,
      wayOut: `see docs/operations.md, ${chapter}`,
    };
  });
}

function firstSentence(text: string): string {
  return /^.*?\.(?=\s|$)/.exec(text)?.[0] ?? text;
}

function versionTroubles({ functions, commandLine, hasSameConfig }: Versions): Trouble[] {
  const troubles: Trouble[] = [];
  // The functions' version has a hash of their code after the `+`.
  if (functions !== null && functions.split('+')[0] !== commandLine) {
    const what = `the deployed functions are version ${functions}, this command line is ${commandLine}`;
    troubles.push({ what, wayOut: 'deploy this version, or use the deployed one' });
  }
  if (hasSameConfig === false) {
    const what = 'rules, windows or parquet of this config differ from the deployed config';
    troubles.push({
      what,
      wayOut: 'npx cdk deploy --all, or pass the deployed config with --config',
    });
  }
  return troubles;
}

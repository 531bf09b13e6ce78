import type { AlarmSpec, Watched } from './alarm-spec.ts';
import { batchAlarms } from './batch-alarms.ts';
import { callAlarms } from './call-alarms.ts';
import { catalogueAlarms } from './catalogue-alarms.ts';
import { limitAlarms } from './limit-alarms.ts';
import { lossAlarms } from './loss-alarms.ts';
import { startAlarms } from './start-alarms.ts';
import { streamAlarms } from './stream-alarms.ts';
import { throttleAlarms } from './throttle-alarms.ts';
import { unreadAlarms } from './unread-alarms.ts';
import { warningAlarms } from './warning-alarms.ts';

/** All alarms of a deployment, one file per topic. */
export function alarmList(watched: Watched): readonly AlarmSpec[] {
  return [
    ...batchAlarms(watched),
    ...startAlarms(watched),
    ...warningAlarms(watched.deployment),
    ...streamAlarms(watched),
    ...unreadAlarms(watched),
    ...lossAlarms(watched),
    ...callAlarms(watched),
    ...throttleAlarms(watched),
    ...catalogueAlarms(watched),
    ...limitAlarms(watched.deployment),
  ];
}

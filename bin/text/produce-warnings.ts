import type { Config } from '../../lambdas/shared/model/config.ts';
import type { ProduceTally } from '../../lib/embedded/produce/produce-records.ts';
import { ageText } from './instant-text.ts';
import { counted } from './text-table.ts';

/** In the form of a publication's warnings (contract §2.3). */
export interface ProduceWarning {
  readonly code: 'back_in_time';
  readonly count: number;
  readonly example: string;
  readonly hint: string;
}

/**
 * Warnings about records that were sent, such as event times that go back by more than the
 * watermark tolerates.
 */
export function produceWarnings({ backInTime }: ProduceTally, config: Config): ProduceWarning[] {
  if (backInTime === null) return [];
  const { count, file, offset, timeMs, latestMs } = backInTime;
  const instant = (ms: number) => new Date(ms).toISOString();
  const delay = ageText(config.stream.watermarkDelayMs);
  return [
    {
      code: 'back_in_time',
      count,
      example: `${file} @${offset}: ${instant(timeMs)} comes after ${instant(latestMs)}`,
      hint:
        `they are more than stream.watermarkDelay (${delay}) older than an earlier record, so the ` +
        'stream may treat them as late; send the files to a new stream with --sort',
    },
  ];
}

/** A warning on one line, without line end. */
export function produceWarningText({ count, example, hint }: ProduceWarning): string {
  const records = counted(count, 'record goes', 'records go');
  return `${records} back in time, such as ${example}: ${hint}`;
}

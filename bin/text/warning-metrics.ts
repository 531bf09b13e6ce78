import type { MetricName, Metrics } from '../../lambdas/shared/ports/metrics.ts';
import type { CommandIo } from '../base/command.ts';
import { visible } from './visible-text.ts';

const MEANINGS: Readonly<Record<MetricName, string>> = {
  StreamGap: 'records expired from the stream before they were read',
  StateLogGap: 'entries of its log are missing; restore the state',
  LostRace: 'another process consumes it as well',
};

/** Said once per place: with two processes they come by the hundred, and are harmless. */
const ONCE: ReadonlySet<MetricName> = new Set(['LostRace']);

/** Metrics that print, one line each on standard error, what would raise an alarm on AWS. */
export function warningMetrics(io: Pick<CommandIo, 'writeErr'>): Metrics {
  const said = new Set<string>();
  return {
    count(name, where) {
      const place = Object.values(where).join(', ');
      const key = `${name} ${place}`;
      if (ONCE.has(name) && said.has(key)) return;
      said.add(key);
      io.writeErr(`tandem: warning: ${visible(place)}: ${MEANINGS[name]} (${name})\n`);
    },
  };
}

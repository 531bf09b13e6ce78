/** What an operator is told about the stream (stream protocol §10). The unit is events. */
export type MetricName =
  /** Records left the stream unread. */
  | 'StreamGap'
  /** Versions of a shard's log are missing. */
  | 'StateLogGap'
  /** Another writer moved a HEAD first. */
  | 'LostRace';

export interface Metrics {
  count(name: MetricName, where: Readonly<Record<string, string>>): void;
}

/** Chapters of docs/operations.md that are followed, by the test file that does. */
export const TRIED = {
  batch: [
    'RunFailed',
    'Too many quarantined',
    'QuarantineRate',
    'NotificationsLost',
    'FilesIgnored',
    'FilesRejected',
    'FilesVanished',
    'StrayQuotes',
    'DuplicatesDiffer',
    'LastLinesCut',
    'JoinMisses',
    'DimensionIssues',
    'FutureEvents',
    'Upgrade',
  ],
  stream: [
    'Where to look first',
    'UnexplainedDifferences',
    'ComparisonFailed',
    'UnreadRecords',
    'WatermarkLag',
    'DimensionsKept',
    'NothingCommitted',
    'PublisherErrors',
    'Restore',
    'StreamGap',
    'GivenUpBatches',
    'Redrive',
    'Replay',
    'Backfill',
    'ConsumerErrors',
    'StateLogGap',
  ],
} as const;

const NO_THROTTLES = 'no emulator throttles: its streams, tables and functions have no limits';

/** What no emulator can show, and why. */
export const UNTRIED: Readonly<Record<string, string>> = {
  StreamThrottled: NO_THROTTLES,
  StateThrottled: NO_THROTTLES,
  FunctionsThrottled: NO_THROTTLES,
  IteratorAge: 'no emulator lets a consumer be slower than its stream for hours',
  RecordsExpire: 'no emulator drops records that are older than the retention',
  NearLimit: 'a run at 80 % of a limit takes more files than an emulator holds',
  UploadsWait: 'what is in the way is repaired by hand: an execution, a rule, a permission',
  StarterErrors: 'it goes on by itself once a permission or a table is mended by hand',
  CallsLost: 'nothing is repaired by its commands: they read a message and empty the queue',
  CatalogueBehind: 'the catalogue stack is not deployed on emulators: LocalStack has no Glue',
  Reshard: 'MiniStack deletes the parents, LocalStack reads them again for ever',
  Destroy: 'test stacks are ephemeral: what stays on AWS goes with them',
};

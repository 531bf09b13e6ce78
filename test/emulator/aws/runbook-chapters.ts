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
    'UploadsWait',
    'CallsLost',
    'StarterErrors',
    'Upgrade',
  ],
  stream: [
    'Where to look first',
    'UnexplainedDifferences',
    'ComparisonFailed',
    'UnreadRecords',
    'IteratorAge',
    'RecordsExpire',
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

/** Chapters that another test shows, by its file and the names of its tests. */
export const ELSEWHERE: Readonly<
  Record<string, { readonly file: string; readonly tests: readonly string[] }>
> = {
  Destroy: {
    file: 'test/emulator/aws/existing.test.ts',
    tests: [
      'leaves what is not its own as it was, and its data',
      'is taken up again by one that names its data',
      'gives the right tables then, by both doors',
    ],
  },
  // An emulator does not hold so many files.
  NearLimit: {
    file: 'test/unit/bin/commands/cost.test.ts',
    tests: ['is named, and is far away again with more memory'],
  },
};

const NO_THROTTLES = 'no emulator throttles: its streams, tables and functions have no limits';

/** What no emulator can show, and why. */
export const UNTRIED: Readonly<Record<string, string>> = {
  StreamThrottled: NO_THROTTLES,
  StateThrottled: NO_THROTTLES,
  FunctionsThrottled: NO_THROTTLES,
  CatalogueBehind: 'the catalogue stack is not deployed on emulators: LocalStack has no Glue',
  Reshard: 'MiniStack deletes the parents, LocalStack reads them again for ever',
};
